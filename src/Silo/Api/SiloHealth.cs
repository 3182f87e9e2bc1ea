using System.Globalization;
using System.Reflection;
using Orleans.Runtime;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Silo.Lifecycle;
using TaskerCore.Orleans.Silo.Postgres;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>Says how the silo stands. Safe to use from any number of threads.</summary>
/// <remarks>An open circuit does not make a silo unhealthy: it is what silos are for. Nor does a Postgres that is away: breakers go on from memory
/// (C6), and a silo that was taken out for it would be missed.</remarks>
internal sealed class SiloHealth(
    Readiness readiness, SiloConnection connection, IBreakerClusterQueries queries, TimeProvider time, LocalConfiguration configuration, PostgresWatch? postgres = null)
{
    private const int MostNamed = 100;
    private static readonly TimeSpan QueryLimit = TimeSpan.FromSeconds(3);
    private static readonly string Version =
        typeof(SiloHealth).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private readonly long _startedAt = time.GetTimestamp();

    /// <summary>How it stands, from what it knows: nobody is asked.</summary>
    public HealthModel Now => WithConfiguration(Served);

    private HealthModel Served => readiness.Reason is { } reason ? new() { Status = HealthModel.Unhealthy, Reasons = [reason] }
        : postgres?.Last is { Fault: { } fault } ? new() { Status = HealthModel.Degraded, Reasons = [fault] }
        : new() { Status = HealthModel.Healthy, Reasons = [] };

    /// <summary>A silo that serves with settings that an operator should look at is degraded.</summary>
    private HealthModel WithConfiguration(HealthModel health) => health.Status == HealthModel.Unhealthy || configuration.Concerns is not { Count: > 0 } concerns
        ? health
        : health with { Status = HealthModel.Degraded, Reasons = [.. health.Reasons, .. concerns] };

    /// <summary>All of it; the cluster is asked for its breakers, and waited for 3 s at most.</summary>
    public async Task<DetailedHealthModel> DetailsAsync(CancellationToken cancellationToken)
    {
        var breakers = await BreakersAsync(cancellationToken);
        var now = Now;
        return new()
        {
            Status = now.Status,
            Reasons = now.Reasons,
            Version = Version,
            UptimeSeconds = SecondsSince(_startedAt),
            Postgres = Postgres(),
            Cluster = Cluster(),
            Configuration = ConfigurationHealthModel.Of(configuration),
            Breakers = breakers,
        };
    }

    private PostgresHealthModel? Postgres() => postgres is null ? null
        : postgres.Last is { } last ? new(last.Reached, last.Fault is null, last.Fault, SecondsSince(last.At), last.ClockAhead is { } ahead ? Math.Round(ahead.TotalSeconds, 3) : null)
        : new(null, null, null, null, null);

    private double SecondsSince(long timestamp) => Math.Round(time.GetElapsedTime(timestamp).TotalSeconds, 1);

    private ClusterHealthModel? Cluster()
    {
        if (connection.Membership is not { } membership)
        {
            return null;
        }

        string[] up =
        [
            .. membership.CurrentSnapshot.Members.Values
                .Where(silo => silo.Status == SiloStatus.Active)
                .Select(silo => silo.SiloAddress.Endpoint.ToString())
                .Order(StringComparer.Ordinal),
        ];
        return new(up.Length, up);
    }

    private async Task<BreakersHealthModel> BreakersAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(QueryLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var all = await queries.ListAsync(null, either.Token);
            return new(
                SummaryModel.Of(ClusterHealth.Of(all)),
                In(BreakerState.Open),
                In(BreakerState.ForcedOpen),
                In(BreakerState.HalfOpen),
                all.Count(breaker => !breaker.IsAnswering),
                null);

            string[] In(BreakerState state) => [.. all.Where(breaker => breaker.State == state).Select(breaker => breaker.Component).Take(MostNamed)];
        }
        catch (ClusterUnavailableException)
        {
            return BreakersHealthModel.Unknown(readiness.Reason ?? "the cluster did not answer");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return BreakersHealthModel.Unknown(
                string.Create(CultureInfo.InvariantCulture, $"the cluster did not answer within {QueryLimit.TotalSeconds:0} s"));
        }
    }
}
