using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TaskerCore.Orleans.Tls;

/// <summary>Whose certificate it is: told by its extended key usage, so that one CA serves both, and a worker's certificate can neither join
/// the cluster as a silo nor pass for a gateway.</summary>
internal static class Purpose
{
    public static readonly Oid Server = new("1.3.6.1.5.5.7.3.1", "serverAuth");
    public static readonly Oid Client = new("1.3.6.1.5.5.7.3.2", "clientAuth");

    /// <summary>It names both usages. One that names none, which by the standard is good for all, is no silo's.</summary>
    public static bool IsSilos(X509Certificate2 certificate) => Names(certificate, Server) && Names(certificate, Client);

    /// <summary>It may be shown by whoever connects: it names that usage, or none at all.</summary>
    public static bool IsAnyones(X509Certificate2 certificate) => Names(certificate, Client) || !certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any();

    private static bool Names(X509Certificate2 certificate, Oid usage) => certificate.Extensions
        .OfType<X509EnhancedKeyUsageExtension>()
        .Any(extension => extension.EnhancedKeyUsages.Cast<Oid>().Any(named => named.Value == usage.Value));
}
