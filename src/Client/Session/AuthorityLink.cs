using System.Diagnostics;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Client.Metrics;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>Carries reports and permit requests to the authorities. Safe for any number of threads.</summary>
internal sealed class AuthorityLink(ClusterCalls calls, WorkerMetrics metrics) : IBreakerLink
{
    public async Task<ReportAnswer> ReportAsync(string component, WorkerReport report)
    {
        using var activity = ReportActivity.Start(component, report);
        try
        {
            var answer = await calls.AnswerAsync(Callee.AuthorityOf(component), () => Authority(component).ReportAsync(report).AsTask()).ConfigureAwait(false);
            metrics.Answered(report, answer);
            return answer;
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", exception.GetType().FullName);
            throw;
        }
    }

    public Task<PermitAnswer> RequestPermitAsync(string component, PermitRequest request) =>
        calls.AnswerAsync(Callee.AuthorityOf(component), () => Authority(component).RequestPermitAsync(request).AsTask());

    private ICircuitBreakerGrain Authority(string component) => calls.Client.Breaker(component);
}
