namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>Chooses the gateways through which the cluster is called: all of them, until a gateway hangs whose connections stand. Calls are then
/// unanswered for longer than the cluster takes to declare a silo dead (<see cref="SilenceTracker"/>). The gateways that leave everything unanswered
/// are left out for a while. If all do so, or none, one gateway is used alone, and the next in turn until calls are answered.</summary>
/// <param name="hangs">True for a gateway that has left everything unanswered for <see cref="UnansweredLimit"/>.</param>
/// <param name="time">The clock.</param>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed class GatewayChoice(Func<Uri, bool> hangs, TimeProvider time)
{
    /// <summary>How long a gateway may leave everything unanswered before it counts as one that hangs; and how long a choice is tried before the
    /// next one is made.</summary>
    public static readonly TimeSpan UnansweredLimit = TimeSpan.FromSeconds(4);

    /// <summary>How long gateways are left out.</summary>
    private static readonly TimeSpan ExclusionTime = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private IReadOnlyList<Uri>? _used;
    private int _turn;
    private bool _isSilent;
    private long _since;

    /// <summary>A callee has not answered for <see cref="SilenceTracker.Limit"/>.</summary>
    public void CallsUnanswered()
    {
        lock (_lock)
        {
            _isSilent = _used is null || time.GetElapsedTime(_since) >= UnansweredLimit;
        }
    }

    /// <summary>A call failed at once, so the gateway in use is gone rather than hanging: all are used again.</summary>
    public void CallFailed()
    {
        lock (_lock)
        {
            _used = null;
        }
    }

    /// <summary>The gateways to use now.</summary>
    /// <param name="all">The gateways there are.</param>
    public IReadOnlyList<Uri> Choose(IReadOnlyList<Uri> all)
    {
        lock (_lock)
        {
            if (_isSilent && all.Count > 1)
            {
                _used = Next(all);
                _since = time.GetTimestamp();
            }
            else if (_used is not null && time.GetElapsedTime(_since) >= ExclusionTime)
            {
                _used = null;
            }

            _isSilent = false;
            return Used(all);
        }
    }

    /// <summary>The gateways in use without those that hang; if all hang, or none, the next of all.</summary>
    private Uri[] Next(IReadOnlyList<Uri> all)
    {
        var used = Used(all);
        Uri[] answering = [.. used.Where(gateway => !hangs(gateway))];
        return answering.Length > 0 && answering.Length < used.Count ? answering : [all[++_turn % all.Count]];
    }

    /// <summary>The chosen gateways that are still among <paramref name="all"/>: a name may have other addresses by now. All if there are none.</summary>
    private IReadOnlyList<Uri> Used(IReadOnlyList<Uri> all)
    {
        Uri[] used = [.. all.Where(gateway => _used is null || _used.Contains(gateway))];
        return used.Length > 0 ? used : all;
    }
}
