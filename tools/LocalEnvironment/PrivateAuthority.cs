using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Whose a certificate is.</summary>
public enum CertificateOf
{
    /// <summary>A silo's: serverAuth and clientAuth.</summary>
    Silo,

    /// <summary>A worker's: clientAuth.</summary>
    Worker,

    /// <summary>It names no usage.</summary>
    Anybody,
}

/// <summary>A certificate authority of a test's own, which leaves its certificates as files in a folder.</summary>
public sealed class PrivateAuthority : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(3650);
    private static readonly Oid ServerAuth = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuth = new("1.3.6.1.5.5.7.3.2");

    private readonly string _folder;
    private readonly X509Certificate2 _root;

    /// <summary>Makes one.</summary>
    /// <param name="folder">Where its files go.</param>
    /// <param name="name">What it is called.</param>
    public PrivateAuthority(string folder, string name = "ca")
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = TimeProvider.System.GetUtcNow();
        _root = request.CreateSelfSigned(now - Life, now + Life);
        CaPath = Write($"{name}.pem", _root.ExportCertificatePem());
    }

    /// <summary>The file of its own certificate.</summary>
    public string CaPath { get; }

    /// <summary>Certifies somebody; files of the same name are written anew.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="of">Whose certificate it is.</param>
    /// <param name="from">From when on, from now, it is good; default: since an hour.</param>
    /// <param name="until">Until when, from now; default: an hour.</param>
    public TlsOptions Issue(string name, CertificateOf of, TimeSpan? from = null, TimeSpan? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        if (of != CertificateOf.Anybody)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(of == CertificateOf.Silo ? [ServerAuth, ClientAuth] : [ClientAuth], critical: false));
        }

        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(
            _root, now + (from ?? TimeSpan.FromHours(-1)), now + (until ?? TimeSpan.FromHours(1)), RandomNumberGenerator.GetBytes(15));
        return new TlsOptions
        {
            CertificatePath = Write($"{name}.crt", certificate.ExportCertificatePem()),
            KeyPath = Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()),
            CaPath = CaPath,
        };
    }

    /// <summary>A silo's settings of it.</summary>
    public static IEnumerable<(string Key, string Value)> SettingsOf(TlsOptions files) =>
    [
        ("Silo:Tls:CertificatePath", files.CertificatePath!),
        ("Silo:Tls:KeyPath", files.KeyPath!),
        ("Silo:Tls:CaPath", files.CaPath!),
    ];

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    private string Write(string name, string pem)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, pem);
        return path;
    }
}
