using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Configuration;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Silo.Api.Access;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>The HTTP API: which settings are in force, and the layer that each comes from (S15, S16, S18).</summary>
internal static class ConfigurationApi
{
    public static void MapConfiguration(this IEndpointRouteBuilder app)
    {
        var questions = app.MapGroup("/api/config").RequireRead(app.ServiceProvider.GetRequiredService<ApiKeys>());
        questions.MapGet("/", GetAsync);
        questions.MapGet("/{**name}", GetOneAsync);
    }

    private static async Task<IResult> GetAsync(
        string? name, ClusterBreakers cluster, LatestConfiguration files, LocalConfiguration local, CancellationToken cancellationToken) =>
        name is not null
            ? await GetOneAsync(name, cluster, files, local, cancellationToken)
            : Results.Ok(await ReportAsync(cluster, files, local, component: null, cancellationToken));

    /// <summary>Of any name that may be one: what is not configured has the default's settings.</summary>
    private static async Task<IResult> GetOneAsync(
        string name, ClusterBreakers cluster, LatestConfiguration files, LocalConfiguration local, CancellationToken cancellationToken) =>
        BreakerApi.Decode(name) is { } component ? Results.Ok(await ReportAsync(cluster, files, local, component, cancellationToken)) : BreakerApi.InvalidName(name);

    private static async Task<ConfigurationReport> ReportAsync(
        ClusterBreakers cluster, LatestConfiguration files, LocalConfiguration local, string? component, CancellationToken cancellationToken) =>
        ConfigurationReport.Of(files.Current, await cluster.GetConfigurationAsync(cancellationToken), component, files.Refused, local.Silo);
}
