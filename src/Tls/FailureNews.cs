namespace TaskerCore.Orleans.Tls;

/// <summary>What is worth a line in the log: a peer's failure once, and again for another reason or after <see cref="Repeat"/>. A peer that
/// goes on trying does not fill it.</summary>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed class FailureNews(TimeProvider time)
{
    /// <summary>How long the same is no news.</summary>
    public static readonly TimeSpan Repeat = TimeSpan.FromMinutes(10);

    /// <summary>How many peers are remembered; of more all are forgotten.</summary>
    public const int MaxPeers = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Reason, long At)> _told = new(StringComparer.Ordinal);

    /// <summary>Whether it is; if so, it no longer is.</summary>
    public bool Is(string peer, string reason)
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
