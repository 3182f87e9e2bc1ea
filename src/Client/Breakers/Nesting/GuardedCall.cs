using System.Runtime.CompilerServices;
using TaskerCore.Orleans.Client.HotPath;

namespace TaskerCore.Orleans.Client.Breakers.Nesting;

/// <summary>One call that a breaker admitted and that is under way. Guards of the same breaker further in (a handler, a strategy, a
/// pgmq client, another <c>ExecuteAsync</c>) find it in the execution context: they go with its admission, and the call counts once.</summary>
/// <remarks>
/// <para>An inner guard belongs to the call while the call's admission holds: the breaker is in the generation that admitted it and, for
/// a probe, the lease has time left. Afterwards an inner guard asks for itself; what it counts then stands for the whole call.</para>
/// <para>The outermost guard counts, when the call ends. Its classifier judges; but where the last inner guard that ended judged
/// its part a failure, the call is a failure: an inner guard may know more (a status code) than the outer one sees.</para>
/// <para>What the operation leaves running when the call ends is a call of its own: it counts for itself.</para>
/// <para>A change of the execution context allocates. A call that completes at once therefore leaves its object and its context to the
/// next call of the same thread that begins in the same context, unless an inner guard has used it. Work that such a call started and
/// left running may take the next one for its own, once.</para>
/// </remarks>
internal sealed class GuardedCall
{
    private static readonly AsyncLocal<GuardedCall?> Ambient = new();

    [ThreadStatic]
    private static GuardedCall? _spare;

    [ThreadStatic]
    private static int _seenBefore;

    private readonly GuardedCall? _outer;
    private readonly GuardedCall? _within;
    private readonly ExecutionContext? _before;
    private readonly ExecutionContext? _marked;
    private readonly HeldPermit? _permit;
    private readonly long _permitAt;
    private readonly bool _isPart;
    private IBreakerMirror? _mirror;
    private MirrorView? _view;

    // 0: nothing but this call is to be considered when it ends. Parts, and calls that have inner guards of their own breaker, are above.
    private int _guards;
    private volatile bool _isOver;
    private bool _isCountedInside;
    private bool _isReusable;
    private volatile bool _sawRejectedResponse;
    private OutcomeKind? _lastPart;

    /// <summary>A call of its own: marks the running execution context.</summary>
    private GuardedCall(
        IBreakerMirror? mirror, MirrorView? view, HeldPermit? permit, GuardedCall? outer, GuardedCall? within, ExecutionContext? before)
    {
        _mirror = mirror;
        _view = view;
        _permit = permit;
        _permitAt = permit is null ? 0 : mirror!.Time.GetTimestamp();
        _outer = outer;
        _within = within;
        _guards = within is null ? 0 : 1;
        _before = before;
        Ambient.Value = this;
        _marked = ExecutionContext.Capture();
    }

    /// <summary>A part of another call: marks nothing.</summary>
    private GuardedCall(GuardedCall within, MirrorView view)
    {
        _mirror = within._mirror;
        _view = view;
        _within = within;
        _isPart = true;
        _guards = 1;
    }

    public bool IsOver => _isOver;

    /// <summary>Whether a rejected request got a response that no server sent, inside this call.</summary>
    public bool SawRejectedResponse => _sawRejectedResponse;

    /// <summary>Begins a call that the view admits, or a part of one. The caller makes the operation's call, then calls <see cref="Leave"/> on
    /// the same thread, and ends it exactly once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GuardedCall Enter(IBreakerMirror mirror, MirrorView view)
    {
        var before = ExecutionContext.Capture();
        var spare = _spare;
        if (spare is null || !ReferenceEquals(spare._before, before) || !spare._isOver)
        {
            return EnterAnew(mirror, view, permit: null, before);
        }

        if (!ReferenceEquals(spare._view, view))
        {
            spare._view = view;
            spare._mirror = mirror;
        }

        spare._isOver = false;
        ExecutionContext.Restore(spare._marked!);
        return spare;
    }

    /// <summary>Begins a call that a permit admits.</summary>
    public static GuardedCall Enter(IBreakerMirror mirror, MirrorView view, HeldPermit permit) =>
        EnterAnew(mirror, view, permit, ExecutionContext.Capture());

    /// <summary>Begins a call that a breaker of another implementation admits. Only rejected responses inside of it are noted.</summary>
    public static GuardedCall EnterOfAnotherBreaker() =>
        new(mirror: null, view: null, permit: null, OuterOf(Ambient.Value), within: null, ExecutionContext.Capture());

    /// <summary>The part of a call of the same breaker in which the caller runs, if the call's admission still holds; else null.</summary>
    public static GuardedCall? PartOf(IBreakerMirror mirror, MirrorView view) =>
        Around(mirror) is { } around && around.StillHolds(view) ? around.NewPart(view) : null;

    /// <summary>Tells the calls in which the caller runs that a rejected request got a response that no server sent.</summary>
    public static void NoteRejectedResponse()
    {
        for (var call = Ambient.Value; call is not null; call = call._outer)
        {
            call._sawRejectedResponse = true;
            Interlocked.Increment(ref call._guards);
        }
    }

    /// <summary>The operation has returned: what the caller goes on with no longer runs inside the call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave()
    {
        if (_before is not null && ReferenceEquals(ExecutionContext.Capture(), _marked))
        {
            ExecutionContext.Restore(_before);
        }
        else
        {
            LeaveChanged();
        }
    }

    /// <summary>The operation has returned and is not done: what it left running keeps this object for itself.</summary>
    public void Detach()
    {
        if (ReferenceEquals(_spare, this))
        {
            _spare = null;
        }

        _isReusable = false;
    }

    /// <summary>Ends the call, if nothing but its own outcome is to be considered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool EndPlain()
    {
        if (Volatile.Read(ref _guards) != 0)
        {
            return false;
        }

        _isOver = true;
        return true;
    }

    /// <summary>Ends the call; what to count for it. Null: nothing, it is counted by another guard.</summary>
    public OutcomeKind? End(OutcomeKind kind)
    {
        if (EndPlain())
        {
            return kind;
        }

        if (_isPart)
        {
            return _within!.Ended(kind) ? null : kind;
        }

        if (_isReusable)
        {
            Detach();
        }

        OutcomeKind? counted;
        lock (this)
        {
            _isOver = true;
            counted = _isCountedInside ? null : _lastPart == OutcomeKind.Failure ? OutcomeKind.Failure : kind;
        }

        if (counted is OutcomeKind.Success or OutcomeKind.Failure)
        {
            _within?.CountedInside();
        }

        return counted;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static GuardedCall EnterAnew(IBreakerMirror mirror, MirrorView view, HeldPermit? permit, ExecutionContext? before)
    {
        var around = Around(mirror);
        if (around is not null && permit is null && around.StillHolds(view))
        {
            return around.NewPart(view);
        }

        if (around is not null)
        {
            Interlocked.Increment(ref around._guards);
        }

        var outer = OuterOf(Ambient.Value);
        var call = new GuardedCall(mirror, view, permit, outer, around, before);
        if (permit is null && outer is null && before is not null && call._marked is not null)
        {
            KeepIfSeenAgain(call, before);
        }

        return call;
    }

    /// <summary>Keeps the object for the thread's next call, from the second call in the same context on: that of a single call is let go.</summary>
    private static void KeepIfSeenAgain(GuardedCall call, ExecutionContext before)
    {
        var hash = RuntimeHelpers.GetHashCode(before);
        if (hash == _seenBefore)
        {
            call._isReusable = true;
            _spare = call;
        }

        _seenBefore = hash;
    }

    private static GuardedCall? OuterOf(GuardedCall? ambient)
    {
        var outer = ambient;
        while (outer is { _isOver: true })
        {
            outer = outer._outer;
        }

        return outer;
    }

    private static GuardedCall? Around(IBreakerMirror mirror)
    {
        for (var call = Ambient.Value; call is not null; call = call._outer)
        {
            if (ReferenceEquals(call._mirror, mirror) && !call._isOver)
            {
                return call;
            }
        }

        return null;
    }

    private GuardedCall NewPart(MirrorView view)
    {
        Interlocked.Increment(ref _guards);
        return new GuardedCall(this, view);
    }

    private bool StillHolds(MirrorView now) => _permit is null
        ? now.Decision == CallDecision.Admit && ReferenceEquals(now.Counter, _view!.Counter)
        : now.Snapshot.Generation == _permit.Permit.Generation
            && now.Counter.Local == _permit.Local
            && _mirror!.Time.GetElapsedTime(_permitAt) < _permit.Permit.Lease;

    /// <summary>A part has ended. False: this call had ended before, and the part counts for itself.</summary>
    private bool Ended(OutcomeKind kind)
    {
        lock (this)
        {
            if (_isOver)
            {
                return false;
            }

            _lastPart = kind == OutcomeKind.Ignored ? _lastPart : kind;
            return true;
        }
    }

    private void CountedInside()
    {
        lock (this)
        {
            _isCountedInside = true;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LeaveChanged()
    {
        if (!_isPart)
        {
            // The operation changed the context, as it may: only the mark is taken out of it.
            Ambient.Value = _outer;
        }
    }
}
