using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>The keys of the grains. Prefixed, because bare keys that look like hexadecimal numbers share one row in the store.</summary>
internal static class GrainKeys
{
    /// <summary>The one directory.</summary>
    public const string Directory = "directory";

    /// <summary>The number of hubs: a fixed set, so that an authority without memory knows the recipients of its pushes (C5). Part of the
    /// protocol: all silos and workers must agree.</summary>
    public const int HubCount = 16;

    private const string BreakerPrefix = "breaker/";
    private static readonly FrozenSet<string> Hubs = Enumerable.Range(0, HubCount).Select(Hub).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The key of a component's authority.</summary>
    public static string Breaker(string component) => BreakerPrefix + component;

    /// <summary>Returns the component of an authority's key; the empty text, which is no component's name, for any other key.</summary>
    public static string Component(string breakerKey) =>
        breakerKey.StartsWith(BreakerPrefix, StringComparison.Ordinal) ? breakerKey[BreakerPrefix.Length..] : string.Empty;

    /// <summary>The key of a hub.</summary>
    /// <param name="index">0 to <see cref="HubCount"/> − 1.</param>
    public static string Hub(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"hub/{index}");

    /// <summary>Whether it is the key of a hub.</summary>
    public static bool IsHub([NotNullWhen(true)] string? key) => key is not null && Hubs.Contains(key);

    /// <summary>The hub that serves a worker's session.</summary>
    public static string HubOf(Guid session)
    {
        Span<byte> bytes = stackalloc byte[16];
        session.TryWriteBytes(bytes);
        return Hub(bytes[15] % HubCount);
    }
}
