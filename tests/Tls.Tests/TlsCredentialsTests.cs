using System.Security.Cryptography;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Tls.Tests;

/// <summary>What stops a silo, in words that name the file.</summary>
public sealed class TlsCredentialsTests : CertificateFolder
{
    [Fact]
    public void Good_files_are_taken_for_what_they_are()
    {
        Assert.Equal("CN=silo", Read(Ca.Issue("silo", CertificateOf.Silo), isSilo: true).Own.TargetCertificate.Subject);
        Assert.True(Read(Ca.Issue("worker", CertificateOf.Worker), isSilo: false).Own.TargetCertificate.HasPrivateKey);
        Assert.NotNull(Read(Ca.Issue("anybody", CertificateOf.Anybody), isSilo: false));
        Assert.NotNull(Read(Ca.Issue("silo", CertificateOf.Silo), isSilo: false));
    }

    [Theory]
    [InlineData(CertificateOf.Worker)]
    [InlineData(CertificateOf.Anybody)]
    public void A_silo_needs_a_silos_certificate(CertificateOf of) =>
        Refused(Ca.Issue("it", of), "it.crt) is not a silo certificate: its extended key usage must contain serverAuth and clientAuth");

    [Fact]
    public void Each_file_that_cannot_be_read_is_named()
    {
        var good = Ca.Issue("silo", CertificateOf.Silo);
        var nowhere = Path.Combine(Folder, "nowhere.pem");

        Refused(With(good, certificate: nowhere), $"Silo:Tls:CertificatePath ({nowhere}) cannot be read");
        Refused(With(good, key: nowhere), $"Silo:Tls:KeyPath ({nowhere}) cannot be read");
        Refused(With(good, ca: nowhere), $"Silo:Tls:CaPath ({nowhere}) cannot be read");
        Refused(With(good, certificate: Folder), $"Silo:Tls:CertificatePath ({Folder}) cannot be read");
    }

    [Fact]
    public void What_is_no_certificate_and_no_key_is_named()
    {
        var good = Ca.Issue("silo", CertificateOf.Silo);
        var text = Path.Combine(Folder, "text.pem");
        File.WriteAllText(text, "-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\n");

        Refused(With(good, certificate: text), "text.pem) contains no readable PEM certificate");
        Refused(With(good, ca: text), "Silo:Tls:CaPath");
        Refused(With(good, ca: good.KeyPath), "silo.key) contains no readable PEM certificate");
        Refused(With(good, key: text), "text.pem) is not the private key of Silo:Tls:CertificatePath");
        Refused(With(good, key: Ca.Issue("another", CertificateOf.Silo).KeyPath), "another.key) is not the private key of Silo:Tls:CertificatePath");
    }

    [Fact]
    public void A_key_with_a_password_is_told_and_nothing_of_it()
    {
        var good = Ca.Issue("silo", CertificateOf.Silo);
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(good.KeyPath!));
        var pem = key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        File.WriteAllText(good.KeyPath!, pem);

        var message = Refused(good, "or is not PEM without a password");

        Assert.All(pem.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.DoesNotContain(line, message, StringComparison.Ordinal));
    }

    [Fact]
    public void What_has_expired_or_is_not_valid_yet_is_told_with_the_time()
    {
        Refused(Ca.Issue("old", CertificateOf.Silo, TimeSpan.FromDays(-2), TimeSpan.FromDays(-1)), "old.crt) expired at 20");
        Refused(Ca.Issue("early", CertificateOf.Silo, TimeSpan.FromDays(1), TimeSpan.FromDays(2)), "early.crt) is not valid before 20");
        var late = TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(4000);
        var good = Ca.Issue("silo", CertificateOf.Silo);
        var error = Assert.Throws<TlsFileException>(() => TlsCredentials.Read(good, "Silo:Tls:", isSilo: true, late));
        Assert.Contains("expired", error.Message, StringComparison.Ordinal);
    }

    private static TlsOptions With(TlsOptions files, string? certificate = null, string? key = null, string? ca = null) =>
        new() { CertificatePath = certificate ?? files.CertificatePath, KeyPath = key ?? files.KeyPath, CaPath = ca ?? files.CaPath };

    private static TlsCredentials Read(TlsOptions files, bool isSilo) => TlsCredentials.Read(files, "Silo:Tls:", isSilo, TimeProvider.System.GetUtcNow());

    private static string Refused(TlsOptions files, string message)
    {
        var error = Assert.Throws<TlsFileException>(() => Read(files, isSilo: true));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        return error.Message;
    }
}
