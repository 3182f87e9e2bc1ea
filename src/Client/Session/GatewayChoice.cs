namespace TaskerCore.Orleans.Client.Session;

/// <summary>Through which gateways the cluster is called. All of them, but when calls stay unanswered for so long that a dead silo would
/// have been noticed: then a gateway hangs, its connections still there, and nobody says which. One alone is used then, the next in turn
/// until calls are answered, and after a while all of them again.</summary>
/// <remarks>Safe to use from several threads.</remarks>
internal sealed class GatewayChoice(TimeProvider time)
{
    /// <summary>Silence that is longer than the cluster takes to declare a silo dead that hangs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>How long one gateway alone may leave calls unanswered.</summary>
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(4);

    /// <summary>How long one alone is used that answers.</summary>
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private int _turn;
    private bool _isAlone;
    private bool _isSilent;
    private long _since;

    /// <summary>A call has been unanswered for <see cref="Patience"/>, and is still.</summary>
    public void Silent()
    {
        lock (_lock)
        {
            _isSilent = !_isAlone || time.GetElapsedTime(_since) >= Trial;
        }
    }

    /// <summary>A call failed at once: who is gone need not be looked for, the others are called.</summary>
    public void Refused()
    {
        lock (_lock)
        {
            _isAlone = false;
        }
    }

    /// <summary>Those of <paramref name="all"/> that are to be used now.</summary>
    public IReadOnlyList<T> Choose<T>(IReadOnlyList<T> all)
    {
        lock (_lock)
        {
            if (_isSilent && all.Count > 1)
            {
                _isAlone = true;
                _turn++;
                _since = time.GetTimestamp();
            }
            else if (_isAlone && time.GetElapsedTime(_since) >= Stay)
            {
                _isAlone = false;
            }

            _isSilent = false;
            return _isAlone && all.Count > 1 ? [all[_turn % all.Count]] : all;
        }
    }
}
