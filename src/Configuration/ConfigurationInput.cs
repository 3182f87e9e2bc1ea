using System.Security.Cryptography;

namespace TaskerCore.Orleans.Configuration;

/// <summary>One file of the configuration as it was read, once: its hash, its check and its parsing all use these bytes.</summary>
/// <param name="Path">The path, as faults show it.</param>
/// <param name="Content">The bytes; null: they could not be read, or there are too many.</param>
/// <param name="Hash">Changes with each change of the content, and with the reason why it cannot be read.</param>
/// <param name="Fault">Why there is no content; null where there is.</param>
internal sealed record ConfigurationInput(string Path, byte[]? Content, string Hash, string? Fault)
{
    public static ConfigurationInput Of(string path, byte[] content) => new(path, content, Convert.ToHexString(SHA256.HashData(content)), null);

    public static ConfigurationInput Unreadable(string path, string fault, string? hash = null) => new(path, null, hash ?? fault, fault);
}

/// <summary>All files of a configuration as they were read.</summary>
/// <param name="Base">The file itself.</param>
/// <param name="Overlays">The overlays for the environment: more than one is a fault.</param>
internal sealed record ConfigurationInputs(ConfigurationInput Base, IReadOnlyList<ConfigurationInput> Overlays)
{
    /// <summary>The file and its overlays.</summary>
    public IReadOnlyList<ConfigurationInput> All { get; } = [Base, .. Overlays];

    /// <summary>Changes with each change of a file's content, and when a file appears or disappears.</summary>
    public string Fingerprint { get; } = string.Join('/', new[] { Base }.Concat(Overlays).Select(input => $"{System.IO.Path.GetFileName(input.Path)}={input.Hash}"));
}
