namespace TaskerCore.Orleans.Tls;

/// <summary>TLS with certificates on both sides, from three PEM files: all of them, or none. Files that are replaced are taken up by the next
/// connection.</summary>
/// <remarks>To be set before it is used; then safe to read from any number of threads.</remarks>
public sealed class TlsOptions
{
    /// <summary>The certificate, and after it those between it and the CA, if there are any. Its extended key usage says whose it is: a
    /// worker's has clientAuth, a silo's serverAuth and clientAuth.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>The certificate's private key, without a password.</summary>
    public string? KeyPath { get; set; }

    /// <summary>The root certificates that the other side's has to come from; no others are trusted, the system's neither.</summary>
    public string? CaPath { get; set; }

    /// <summary>Whether any file is named.</summary>
    internal bool IsSet => Missing.Count < 3;

    /// <summary>The properties that name no file.</summary>
    internal IReadOnlyList<string> Missing =>
        [.. new[] { (nameof(CertificatePath), CertificatePath), (nameof(KeyPath), KeyPath), (nameof(CaPath), CaPath) }
            .Where(file => string.IsNullOrWhiteSpace(file.Item2))
            .Select(file => file.Item1)];

    /// <summary>What is wrong where some are named and others not; null when nothing is.</summary>
    /// <param name="prefix">What comes before the properties' names in a message.</param>
    internal string? Fault(string prefix) => Missing is { Count: > 0 } missing
        ? $"{string.Join(" and ", missing.Select(name => prefix + name))} {(missing.Count == 1 ? "is" : "are")} not set: CertificatePath, KeyPath and CaPath go together"
        : null;
}
