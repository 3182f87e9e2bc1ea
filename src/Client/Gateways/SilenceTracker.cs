namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>What a failed call shows about the gateways in use.</summary>
internal enum GatewaySign
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A callee has been silent for <see cref="SilenceTracker.Limit"/>: a gateway may hang.</summary>
    Silent,

    /// <summary>The call failed at once: no gateway hangs on its way.</summary>
    Refused,
}

/// <summary>Decides when unanswered calls mean that a gateway hangs: without I/O, clock or lock. Each callee is silent on its own, for a gateway
/// that hangs may carry the calls to some of them only.</summary>
internal sealed class SilenceTracker
{
    /// <summary>How long a callee is silent before a gateway is suspected: longer than the cluster takes to declare a silo dead that hangs.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(6);

    private readonly Dictionary<Callee, TimeSpan> _silentSince = [];

    /// <summary>The callee answered.</summary>
    public void Answered(Callee callee) => _silentSince.Remove(callee);

    /// <summary>A call failed.</summary>
    /// <param name="callee">Who was called.</param>
    /// <param name="exception">How it failed; a <see cref="TimeoutException"/>: it was not answered in time.</param>
    /// <param name="startedAt">When the call began.</param>
    /// <param name="now">When it failed.</param>
    public GatewaySign Failed(Callee callee, Exception exception, TimeSpan startedAt, TimeSpan now)
    {
        switch (exception)
        {
            case ClusterUnavailableException:
                // There was no gateway to call through.
                return GatewaySign.None;
            case TimeoutException:
                _silentSince.TryAdd(callee, startedAt);
                return now - _silentSince[callee] >= Limit ? GatewaySign.Silent : GatewaySign.None;
            default:
                _silentSince.Remove(callee);
                return GatewaySign.Refused;
        }
    }
}
