namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>Through which gateways the cluster is called. All of them, but when calls stay unanswered for so long that a dead silo would
/// have been noticed: then a gateway hangs, its connections still there. Those that leave everything unanswered are not used for a while;
/// where that tells nothing, one alone is used, the next in turn until calls are answered.</summary>
/// <param name="hangs">Whether a gateway has left everything unanswered for <see cref="Trial"/>.</param>
/// <param name="time">Of the trials.</param>
/// <remarks>Safe to use from several threads.</remarks>
internal sealed class GatewayChoice(Func<Uri, bool> hangs, TimeProvider time)
{
    /// <summary>Silence that is longer than the cluster takes to declare a silo dead that hangs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>How long the gateways in use may leave calls unanswered, after the first time.</summary>
    public static readonly TimeSpan Trial = TimeSpan.FromSeconds(4);

    /// <summary>How long those alone are used that answer.</summary>
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private IReadOnlyList<Uri>? _used;
    private int _turn;
    private bool _isSilent;
    private long _since;

    /// <summary>A call has been unanswered for <see cref="Patience"/>, and is still.</summary>
    public void Silent()
    {
        lock (_lock)
        {
            _isSilent = _used is null || time.GetElapsedTime(_since) >= Trial;
        }
    }

    /// <summary>A call failed at once: who is gone need not be looked for, the others are called.</summary>
    public void Refused()
    {
        lock (_lock)
        {
            _used = null;
        }
    }

    /// <summary>Those of <paramref name="all"/> that are to be used now.</summary>
    public IReadOnlyList<Uri> Choose(IReadOnlyList<Uri> all)
    {
        lock (_lock)
        {
            if (_isSilent && all.Count > 1)
            {
                _used = Next(all);
                _since = time.GetTimestamp();
            }
            else if (_used is not null && time.GetElapsedTime(_since) >= Stay)
            {
                _used = null;
            }

            _isSilent = false;
            return Used(all);
        }
    }

    /// <summary>Those in use without the ones that hang; where all hang, or none, the next of all.</summary>
    private Uri[] Next(IReadOnlyList<Uri> all)
    {
        var used = Used(all);
        Uri[] answering = [.. used.Where(gateway => !hangs(gateway))];
        return answering.Length > 0 && answering.Length < used.Count ? answering : [all[++_turn % all.Count]];
    }

    /// <summary>A name may lead elsewhere by now: what is not among <paramref name="all"/> any more is not used.</summary>
    private IReadOnlyList<Uri> Used(IReadOnlyList<Uri> all)
    {
        Uri[] used = [.. all.Where(gateway => _used is null || _used.Contains(gateway))];
        return used.Length > 0 ? used : all;
    }
}
