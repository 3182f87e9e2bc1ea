using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Client.Mirror;

/// <content>Breakers that the cluster does not keep (S19).</content>
internal sealed partial class MirrorCore
{
    /// <summary>After how many renewals a refused worker itself asks whether it still is.</summary>
    private const int RenewalsUntilAskedAgain = 10;

    /// <summary>Why the cluster refuses the breaker; null unless it does (S19).</summary>
    public BreakerRefusal? Refusal { get; private set; }

    /// <summary>The cluster refuses the breaker: all that was to be said is dropped. The hub tells when that is over, unless it does not know of
    /// the refusal, or what it said was overtaken: so this worker asks the authority too, seldom.</summary>
    private void Refuse(BreakerRefusal refusal, Moment now)
    {
        Refusal = refusal;
        _heard = true;
        _local = null;
        _alone = false;
        _ownCircuitOf = null;
        _confirmAt = null;
        _ownRun = 0;
        _acknowledgedRun = 0;
        _nextPoke = null;
        _permits.Clear();
        _outbox.Clear();
        _outbox.Due(now.Elapsed + (_run.Timings.Renewal * RenewalsUntilAskedAgain));
    }
}
