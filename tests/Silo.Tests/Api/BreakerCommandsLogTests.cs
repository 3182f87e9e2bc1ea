using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Silo.Tests.Api.Access;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>S10: each command has one line with what was asked, by whom, from where, and what became of it.</summary>
public sealed class BreakerCommandsLogTests
{
    private const string Key = "0123456789abcdef0123";
    private static readonly (string, string?) Ops = ("Api:OperatorKeys:ops", Key);

    [Fact]
    public async Task A_command_in_effect_is_logged_with_reason_ttl_address_actor_and_key()
    {
        await using var api = await ApiRig.StartAsync(Ops);

        await api.SendAsync("/api/breaker/force-open?name=pgmq/orders", """{"reason":"INC-4711","actor":"bob","ttl_seconds":90}""", Key, from: "10.0.0.7");

        var line = Assert.Single(api.Log.With("Command force-open on pgmq/orders"));
        Assert.Contains("in effect and stored. Actor ops, key ops, from 10.0.0.7, TTL 90 s. Reason: INC-4711", line, StringComparison.Ordinal);
        Assert.StartsWith(nameof(LogLevel.Information), line, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, string.Join('\n', api.Log.With("")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unchanged_one_and_refused_ones_are_logged_too()
    {
        await using var api = await ApiRig.StartAsync();
        api.Answers = new CommandAnswer { Status = CommandStatus.Unchanged, Breaker = new BreakerDetails { Component = "pgmq" }, Stored = true };
        await SendAsync("release", """{"reason":"nothing to do","actor":"bob"}""");
        api.Answers = new CommandAnswer { Status = CommandStatus.Conflict, Breaker = new BreakerDetails { Component = "pgmq", State = BreakerState.ForcedOpen } };
        await SendAsync("reset", """{"reason":"conflict","actor":"bob"}""");
        api.Answers = new CommandAnswer { Status = CommandStatus.NotFound, Refusal = new BreakerRefusal(RefusalKind.NotFound, "Nobody has used it.") };
        await SendAsync("force-open", """{"reason":"typing error","actor":"bob"}""");
        await SendAsync("force-closed", """{"reason":"line\nbreak","actor":"bob"}""");
        api.Cluster = _ => Task.FromException(new ClusterUnavailableException("no silo"));
        await SendAsync("force-open", """{"reason":"no answer","actor":"bob"}""");

        Single("Information", "Command release on pgmq: no change. Actor bob, key none, from 127.0.0.1, TTL none. Reason: nothing to do");
        Single("Warning", "Command reset on pgmq: refused, the breaker is forced. Actor bob");
        Single("Warning", "Command force-open on pgmq: refused, Nobody has used it.. Actor bob");
        Single("Warning", "Command force-closed on pgmq: refused, reason must not contain control characters. Actor bob, key none, from 127.0.0.1, TTL none. Reason: line break");
        Single("Warning", "Command force-open on pgmq: no answer (ClusterUnavailableException), the command may be in effect. Actor bob");

        Task SendAsync(string command, string body) => api.SendAsync($"/api/breakers/pgmq/{command}", body);

        void Single(string level, string text) => Assert.StartsWith(level, Assert.Single(api.Log.With(text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_none_breaks_no_line()
    {
        await using var api = await ApiRig.StartAsync();

        await api.SendAsync("/api/breaker/force-open?name=a%0Aforged", """{"reason":"r","actor":"a"}""");

        Assert.DoesNotContain('\n', Assert.Single(api.Log.With("Command force-open on a forged: refused, the name is invalid")));
    }

    [Fact]
    public async Task A_caller_without_a_key_is_logged_with_the_address_and_what_was_asked()
    {
        await using var api = await ApiRig.StartAsync(Ops);

        await api.SendAsync("/api/breaker/force-open?name=pgmq&key=secret", """{"reason":"r","actor":"a"}""", from: "10.0.0.7");

        var line = Assert.Single(api.Log.With("Refused POST /api/breaker/force-open of pgmq from 10.0.0.7 with 401"));
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }
}
