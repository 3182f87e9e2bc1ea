using System.Collections.Immutable;
using Orleans;
using Orleans.Concurrency;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>The authority of one component's breaker. Its key is <see cref="GrainKeys.Breaker"/>. What takes a <see cref="SiloPass"/> is for
/// silos alone, as in all these interfaces; a command may come without.</summary>
[Alias("tc.ICircuitBreakerGrain")]
internal interface ICircuitBreakerGrain : IGrainWithStringKey
{
    /// <summary>Takes a worker's report; counted once however often it is retried (C4).</summary>
    [Alias("Report"), ResponseTimeout("00:00:05")]
    ValueTask<ReportAnswer> ReportAsync(WorkerReport report);

    /// <summary>Gives a probe permit if one is free; a retry gets the same (S5, C4).</summary>
    [Alias("RequestPermit"), ResponseTimeout("00:00:05")]
    ValueTask<PermitAnswer> RequestPermitAsync(PermitRequest request);

    /// <summary>A hub says that it serves workers of this breaker. Idempotent; it creates the breaker (S19), wakes a dead
    /// authority (S4), and is repeated.</summary>
    [Alias("Attach"), ResponseTimeout("00:00:05")]
    ValueTask<HubAttachAnswer> AttachAsync(HubAttachment attachment, SiloPass? pass);

    /// <summary>An operator's command (S10). Without a pass it is a worker's, which a cluster may refuse.</summary>
    [Alias("Command"), ResponseTimeout("00:00:10")]
    ValueTask<CommandAnswer> CommandAsync(OperatorCommand command, SiloPass? pass);

    /// <summary>The directory's newest settings (S18). An older version than the breaker has is ignored.</summary>
    [Alias("ApplyPolicy"), ResponseTimeout("00:00:05")]
    ValueTask ApplyPolicyAsync(BreakerPolicy policy, SiloPass? pass);

    /// <summary>What the breaker is now. Changes nothing (S13).</summary>
    [Alias("GetDetails"), AlwaysInterleave, ReadOnly]
    ValueTask<BreakerDetails> GetDetailsAsync();

    /// <summary>Its last 100 transitions, oldest first. Changes nothing (S13).</summary>
    [Alias("GetHistory"), AlwaysInterleave, ReadOnly]
    ValueTask<ImmutableArray<BreakerTransition>> GetHistoryAsync();
}
