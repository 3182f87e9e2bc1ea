using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>How a mirror reaches its breaker's authority. Each call throws when there is no answer in time, or no silo.</summary>
internal interface IBreakerLink
{
    Task<ReportAnswer> ReportAsync(string component, WorkerReport report);

    Task<PermitAnswer> RequestPermitAsync(string component, PermitRequest request);
}
