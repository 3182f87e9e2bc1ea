namespace TaskerCore.Orleans.Grains.Interfaces.Telemetry;

/// <summary>Keeps a peer that goes on trying from filling the log: its failure is logged once, and again for another reason or after
/// <see cref="Repeat"/>.</summary>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed class LogThrottle(TimeProvider time)
{
    /// <summary>For how long the same failure of a peer is not logged again.</summary>
    public static readonly TimeSpan Repeat = TimeSpan.FromMinutes(10);

    /// <summary>How many peers are remembered; of more all are forgotten.</summary>
    public const int MaxPeers = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Reason, long At)> _told = new(StringComparer.Ordinal);

    /// <summary>True the first time; then false for the same peer and reason until <see cref="Repeat"/> has passed.</summary>
    public bool ShouldLog(string peer, string reason)
    {
        lock (_lock)
        {
            if (_told.TryGetValue(peer, out var last) && last.Reason == reason && time.GetElapsedTime(last.At) < Repeat)
            {
                return false;
            }

            if (_told.Count >= MaxPeers)
            {
                _told.Clear();
            }

            _told[peer] = (reason, time.GetTimestamp());
            return true;
        }
    }
}
