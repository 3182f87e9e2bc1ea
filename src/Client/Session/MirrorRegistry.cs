using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>This worker's mirrors, one per component. Safe for any number of threads.</summary>
/// <param name="logger">Gets unhandled exceptions of mirrors: one must not keep the others from being served.</param>
internal sealed class MirrorRegistry(ILogger logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, BreakerMirror> _mirrors = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>The mirrors there are at the time of each enumeration.</summary>
    public IEnumerable<BreakerMirror> All => _mirrors.Select(named => named.Value);

    public BreakerMirror? Find(string component) => _mirrors.GetValueOrDefault(component);

    /// <summary>The component's mirror.</summary>
    /// <param name="component">The component.</param>
    /// <param name="make">Makes it, once.</param>
    /// <param name="added">True if this call added it.</param>
    public BreakerMirror GetOrAdd(string component, Func<string, BreakerMirror> make, out bool added)
    {
        lock (_lock)
        {
            added = false;
            if (Find(component) is { } known)
            {
                return known;
            }

            added = true;
            return _mirrors[component] = make(component);
        }
    }

    /// <summary>What this worker has of a component, for its registration.</summary>
    public RegisteredBreaker Claim(string component) => new(component, _mirrors[component].Claim());

    /// <summary>Gives each update to its mirror. Updates of components that this worker does not use are ignored.</summary>
    public void Apply(ImmutableArray<BreakerUpdate> updates)
    {
        foreach (var update in updates.IsDefault ? [] : updates)
        {
            if (Find(update.Component) is { } mirror)
            {
                Guarded(mirror, update, static (mirror, update) => mirror.Hear(update));
            }
        }
    }

    /// <summary>Does something with each mirror.</summary>
    public void Each<T>(T argument, Action<BreakerMirror, T> action)
    {
        foreach (var mirror in All)
        {
            Guarded(mirror, argument, action);
        }
    }

    /// <summary>Reports everything that was counted until now.</summary>
    /// <returns>True if nothing is left to report.</returns>
    public bool Flush()
    {
        foreach (var mirror in All)
        {
            mirror.Flush();
        }

        return All.All(mirror => mirror.IsFlushed);
    }

    public void Dispose()
    {
        foreach (var mirror in All)
        {
            mirror.Dispose();
        }
    }

    private void Guarded<T>(BreakerMirror mirror, T argument, Action<BreakerMirror, T> action)
    {
        try
        {
            action(mirror, argument);
        }
        catch (Exception exception)
        {
            logger.MirrorBroken(mirror.Component, exception);
        }
    }
}
