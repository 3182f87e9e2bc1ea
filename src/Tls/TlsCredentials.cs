using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TaskerCore.Orleans.Tls;

/// <summary>A file is not what it should be; the message names it and its setting, and nothing that is in it.</summary>
internal sealed class TlsFileException(string message) : InvalidOperationException(message);

/// <summary>What one side shows, and whom it trusts, as read from the files.</summary>
/// <remarks>Immutable; safe for any number of threads.</remarks>
internal sealed class TlsCredentials
{
    private readonly X509Certificate2Collection _authorities;

    private TlsCredentials(X509Certificate2 own, X509Certificate2Collection between, X509Certificate2Collection authorities)
    {
        Own = SslStreamCertificateContext.Create(own, between, offline: true);
        _authorities = authorities;
    }

    /// <summary>The own certificate with its key, and those between it and its CA.</summary>
    public SslStreamCertificateContext Own { get; }

    /// <summary>Reads the files.</summary>
    /// <param name="options">The files, all three.</param>
    /// <param name="prefix">What comes before the properties' names in a message.</param>
    /// <param name="isSilo">Whether it has to be a silo's certificate.</param>
    /// <param name="now">The time that it has to be valid at.</param>
    /// <exception cref="TlsFileException">A file cannot be read, or is not what it should be.</exception>
    public static TlsCredentials Read(TlsOptions options, string prefix, bool isSilo, DateTimeOffset now)
    {
        var (certificateName, keyName, caName) = (
            $"{prefix}CertificatePath ({options.CertificatePath})", $"{prefix}KeyPath ({options.KeyPath})", $"{prefix}CaPath ({options.CaPath})");
        var text = Text(options.CertificatePath, certificateName);
        var key = Text(options.KeyPath, keyName);
        var chain = Certificates(text, certificateName);
        var authorities = Certificates(Text(options.CaPath, caName), caName);
        ThrowUnlessValid(chain[0], certificateName, now);
        if (authorities.All(authority => now > authority.NotAfter))
        {
            ThrowUnlessValid(authorities[0], caName, now);
        }

        if (isSilo ? !Purpose.IsSilos(chain[0]) : !Purpose.IsAnyones(chain[0]))
        {
            throw new TlsFileException(
                $"{certificateName} is not a {(isSilo ? "silo certificate: its extended key usage must contain serverAuth and clientAuth" : "worker certificate: its extended key usage must contain clientAuth")}.");
        }

        var own = WithKey(text, key, $"{keyName} is not the private key of {certificateName}, or is not PEM without a password.");
        chain.RemoveAt(0);
        return new TlsCredentials(own, chain, authorities);
    }

    /// <summary>How the other side's certificate is judged: from these authorities alone, and as a silo's or
    /// anybody's. Revocation is not looked up:
    /// it would make every connection depend on a server of the CA's.</summary>
    public X509ChainPolicy JudgeOf(bool isSilo)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,

            // Orleans knows a peer by its address alone, and that changes; that it is a silo says its certificate's purpose.
            VerificationFlags = X509VerificationFlags.IgnoreInvalidName,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        policy.ApplicationPolicy.Add(Purpose.Client);
        if (isSilo)
        {
            policy.ApplicationPolicy.Add(Purpose.Server);
        }

        return policy;
    }

    private static string Text(string? path, string name)
    {
        try
        {
            return File.ReadAllText(path!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TlsFileException($"{name} cannot be read: {exception.Message}");
        }
    }

    private static X509Certificate2Collection Certificates(string text, string name)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            certificates.Clear();
        }

        return certificates.Count > 0 ? certificates : throw new TlsFileException($"{name} contains no readable PEM certificate.");
    }

    private static X509Certificate2 WithKey(string certificate, string key, string otherwise)
    {
        try
        {
            var own = X509Certificate2.CreateFromPem(certificate, key);

            // Windows does not show a certificate whose key is in memory alone.
            return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null) : own;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new TlsFileException(otherwise);
        }
    }

    private static void ThrowUnlessValid(X509Certificate2 certificate, string name, DateTimeOffset now)
    {
        if (now > certificate.NotAfter)
        {
            throw new TlsFileException(string.Create(CultureInfo.InvariantCulture, $"{name} expired at {certificate.NotAfter.ToUniversalTime():u}."));
        }

        if (now < certificate.NotBefore)
        {
            throw new TlsFileException(string.Create(CultureInfo.InvariantCulture, $"{name} is not valid before {certificate.NotBefore.ToUniversalTime():u}."));
        }
    }
}
