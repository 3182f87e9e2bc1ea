using System.Collections.Immutable;
using Orleans;
using Orleans.Concurrency;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>The authority of one component's breaker. Its key is <see cref="GrainKeys.Breaker"/>. In all these interfaces, methods with a
/// <see cref="SiloPass"/> are for silos only; a command may come without one.</summary>
[Alias("tc.ICircuitBreakerGrain")]
internal interface ICircuitBreakerGrain : IGrainWithStringKey
{
    /// <summary>Applies a worker's report; counted once however often it is retried (C4).</summary>
    [Alias("Report"), ResponseTimeout("00:00:05")]
    ValueTask<ReportAnswer> ReportAsync(WorkerReport report);

    /// <summary>Grants a probe permit if one is free; a retry returns the same permit (S5, C4).</summary>
    [Alias("RequestPermit"), ResponseTimeout("00:00:05")]
    ValueTask<PermitAnswer> RequestPermitAsync(PermitRequest request);

    /// <summary>Attaches a hub that serves workers of this breaker. Idempotent and repeated; it creates the breaker (S19) and activates a dead
    /// authority (S4).</summary>
    [Alias("Attach"), ResponseTimeout("00:00:05")]
    ValueTask<HubAttachAnswer> AttachAsync(HubAttachment attachment, SiloPass? pass);

    /// <summary>Applies an operator's command (S10). Without a pass it comes from a worker, which a cluster may refuse.</summary>
    [Alias("Command"), ResponseTimeout("00:00:10")]
    ValueTask<CommandAnswer> CommandAsync(OperatorCommand command, SiloPass? pass);

    /// <summary>Applies the directory's newest settings (S18). A version older than the breaker's is ignored.</summary>
    [Alias("ApplyPolicy"), ResponseTimeout("00:00:05")]
    ValueTask ApplyPolicyAsync(BreakerPolicy policy, SiloPass? pass);

    /// <summary>Returns the breaker's current data. Changes nothing (S13).</summary>
    [Alias("GetDetails"), AlwaysInterleave, ReadOnly]
    ValueTask<BreakerDetails> GetDetailsAsync();

    /// <summary>Returns the last 100 transitions, oldest first. Changes nothing (S13).</summary>
    [Alias("GetHistory"), AlwaysInterleave, ReadOnly]
    ValueTask<ImmutableArray<BreakerTransition>> GetHistoryAsync();
}
