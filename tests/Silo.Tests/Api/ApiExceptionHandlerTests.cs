using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime.Messaging;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Silo.Api;
using TaskerCore.Orleans.Silo.Tests.Api.Access;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>A cluster that is busy failing over is a 503 with Retry-After, and never a 500.</summary>
public sealed class ApiExceptionHandlerTests
{
    private const string Good = """{"reason":"drill","actor":"ops"}""";

    private static readonly Dictionary<string, Func<Exception>> Faults = new(StringComparer.Ordinal)
    {
        ["unavailable"] = () => new ClusterUnavailableException("no silo"),
        ["cancelled"] = () => new OperationCanceledException(),
        ["task cancelled"] = () => new TaskCanceledException(),
        ["rejected"] = () => (Exception)RuntimeHelpers.GetUninitializedObject(typeof(OrleansMessageRejectionException)),
        ["silo gone"] = () => new SiloUnavailableException("gone"),
        ["time-out"] = () => new TimeoutException(),
        ["connection"] = () => new ConnectionFailedException("failed"),
        ["aborted"] = () => new ConnectionAbortedException(),
        ["socket"] = () => new SocketException((int)SocketError.ConnectionReset),
        ["disposed"] = () => new ObjectDisposedException("client"),
        ["several"] = () => new AggregateException(new TimeoutException(), new SiloUnavailableException()),
    };

    public static TheoryData<string> Kinds => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Whatever_the_cluster_throws_while_it_fails_over_is_503(string kind)
    {
        await using var api = await ApiRig.StartAsync();
        api.Cluster = _ => Task.FromException(Faults[kind]());

        foreach (var (path, body) in new[] { ("/api/breakers", (string?)null), ("/api/breaker?name=pgmq", null), ("/api/breakers/pgmq/history", null), ("/api/breakers/pgmq/force-open", Good) })
        {
            var answer = await api.SendAsync(path, body);

            Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json", TimeSpan.FromSeconds(1)), (answer.Status, answer.Type, answer.RetryAfter));
            Assert.Equal(ApiProblems.NoAnswer, JsonNode.Parse(answer.Text)!["code"]!.GetValue<string>());
            Assert.Equal(body is not null, answer.Detail.Contains("The command may be in effect", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_silo_that_starts_or_stops_says_so_and_that_nothing_was_carried_out()
    {
        await using var api = await ApiRig.StartAsync();
        api.NotReady = "the silo is stopping";
        api.Cluster = _ => Task.FromException(new ClusterUnavailableException("no silo") { MayHaveArrived = false });

        var answer = await api.SendAsync("/api/breakers/pgmq/release", Good);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal("The silo is stopping. The command was not carried out.", answer.Detail);
        Assert.Equal(ApiProblems.NotServing, JsonNode.Parse(answer.Text)!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task While_the_silo_is_not_ready_nothing_is_500_and_when_it_is_a_defect_stays_one()
    {
        await using var api = await ApiRig.StartAsync();
        api.Cluster = _ => Task.FromException(new NotSupportedException("a defect"));

        Assert.Equal(HttpStatusCode.InternalServerError, (await api.SendAsync("/api/breakers")).Status);
        api.NotReady = "the silo is stopping";
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.SendAsync("/api/breakers")).Status);
    }
}
