namespace TaskerCore.Orleans.Tls;

/// <summary>Options for mutual TLS, from three PEM files. Set all of them or none. Replaced files apply to the next connection.</summary>
/// <remarks>Set it before use; afterwards it is safe to read from any number of threads.</remarks>
public sealed class TlsOptions
{
    /// <summary>Gets or sets the path of the certificate, followed in the file by any intermediate certificates. Its extended key usage is
    /// clientAuth for a worker, serverAuth and clientAuth for a silo. The default value is null.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>Gets or sets the path of the certificate's private key, without a password. The default value is null.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Gets or sets the path of the root certificates that the peer's certificate must come from. No others are trusted, including the
    /// system's. The default value is null.</summary>
    public string? CaPath { get; set; }

    /// <summary>Gets whether any path is set.</summary>
    internal bool IsSet => Missing.Count < 3;

    /// <summary>Gets the names of the properties that are not set.</summary>
    internal IReadOnlyList<string> Missing =>
        [.. new[] { (nameof(CertificatePath), CertificatePath), (nameof(KeyPath), KeyPath), (nameof(CaPath), CaPath) }
            .Where(file => string.IsNullOrWhiteSpace(file.Item2))
            .Select(file => file.Item1)];

    /// <summary>Returns the fault if only some paths are set; otherwise null.</summary>
    /// <param name="prefix">The text before the properties' names in the message.</param>
    internal string? Fault(string prefix) => Missing is { Count: > 0 } missing
        ? $"{string.Join(" and ", missing.Select(name => prefix + name))} {(missing.Count == 1 ? "is" : "are")} not set: CertificatePath, KeyPath and CaPath must be set together"
        : null;
}
