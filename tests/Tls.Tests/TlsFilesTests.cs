using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Tls.Tests;

/// <summary>Certificates are replaced while the process runs.</summary>
public sealed class TlsFilesTests : CertificateFolder
{
    private readonly LogLines _log = new();
    private int _writes;

    [Fact]
    public void Files_that_stay_are_read_once()
    {
        var files = Files(Ca.Issue("silo", CertificateOf.Silo));

        Assert.Same(files.Current, files.Current);
        Assert.Single(_log.With("using the certificate CN=silo, valid until 20"));
    }

    [Fact]
    public void Files_that_are_replaced_are_taken_up()
    {
        var options = Ca.Issue("silo", CertificateOf.Silo);
        var files = Files(options);
        var before = files.Current.Own.TargetCertificate.Thumbprint;

        Written(Ca.Issue("silo", CertificateOf.Silo));

        Assert.NotEqual(before, files.Current.Own.TargetCertificate.Thumbprint);
        Assert.Same(files.Current, files.Current);
    }

    [Fact]
    public void Links_that_lead_elsewhere_are_followed()
    {
        foreach (var version in new[] { "one", "two" })
        {
            var folder = Directory.CreateDirectory(Path.Combine(Folder, version)).FullName;
            using var ca = new PrivateAuthority(folder);
            Written(ca.Issue("silo", CertificateOf.Silo));
        }

        // As Kubernetes does it: the files' links stay, the folder's moves.
        var current = Path.Combine(Folder, "current");
        Directory.CreateSymbolicLink(current, "one");
        var options = new TlsOptions { CertificatePath = Link("silo.crt"), KeyPath = Link("silo.key"), CaPath = Link("ca.pem") };
        var files = Files(options);
        var before = files.Current.Own.TargetCertificate.Thumbprint;
        Directory.Delete(current);
        Directory.CreateSymbolicLink(current, "two");

        Assert.NotEqual(before, files.Current.Own.TargetCertificate.Thumbprint);

        string Link(string name)
        {
            var link = Path.Combine(Folder, "link-" + name);
            File.CreateSymbolicLink(link, Path.Combine("current", name));
            return link;
        }
    }

    [Fact]
    public void What_is_no_good_after_a_change_is_not_taken_up_and_told_once_until_it_changes_again()
    {
        var options = Ca.Issue("silo", CertificateOf.Silo);
        var files = Files(options);
        var before = files.Current;

        File.WriteAllText(options.CertificatePath!, "half a file");
        Written(options);
        Assert.Same(before, files.Current);
        Assert.Same(before, files.Current);
        Assert.Single(_log.With("silo.crt) contains no readable PEM certificate"));
        File.Delete(options.KeyPath!);
        Assert.Same(before, files.Current);

        Written(Ca.Issue("silo", CertificateOf.Silo));
        Assert.NotSame(before, files.Current);
    }

    [Fact]
    public void Files_that_were_never_good_are_looked_at_each_time()
    {
        var options = Ca.Issue("silo", CertificateOf.Silo);
        File.Move(options.KeyPath!, options.KeyPath + ".away");
        var files = Files(options);

        Assert.Contains("silo.key) cannot be read", Assert.Throws<TlsFileException>(() => files.Current).Message, StringComparison.Ordinal);
        File.Move(options.KeyPath + ".away", options.KeyPath!);

        Assert.NotNull(files.Current);
    }

    private TlsFiles Files(TlsOptions options) =>
        new(options, "Silo:Tls:", isSilo: true, TimeProvider.System, new LoggerFactory([_log]).CreateLogger<TlsFiles>());

    /// <summary>A second later each time: the file system's clock is coarse.</summary>
    private void Written(TlsOptions options)
    {
        var at = TimeProvider.System.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(++_writes);
        File.SetLastWriteTimeUtc(options.CertificatePath!, at);
        File.SetLastWriteTimeUtc(options.KeyPath!, at);
    }
}
