namespace TaskerCore.Orleans.Grains.Interfaces.Telemetry;

/// <summary>Keeps a peer that retries from filling the log: its failure is logged once, and again for another reason or after
/// <see cref="Repeat"/>.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LogThrottle(TimeProvider time)
{
    /// <summary>The time during which the same failure of a peer is not logged again.</summary>
    public static readonly TimeSpan Repeat = TimeSpan.FromMinutes(10);

    /// <summary>The largest number of remembered peers; beyond it, all are dropped.</summary>
    public const int MaxPeers = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Reason, long At)> _logged = new(StringComparer.Ordinal);

    /// <summary>Returns true the first time, then false for the same peer and reason until <see cref="Repeat"/> has passed.</summary>
    public bool ShouldLog(string peer, string reason)
    {
        lock (_lock)
        {
            if (_logged.TryGetValue(peer, out var last) && last.Reason == reason && time.GetElapsedTime(last.At) < Repeat)
            {
                return false;
            }

            if (_logged.Count >= MaxPeers)
            {
                _logged.Clear();
            }

            _logged[peer] = (reason, time.GetTimestamp());
            return true;
        }
    }
}
