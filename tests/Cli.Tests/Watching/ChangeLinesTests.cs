using System.Net;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Watching;

/// <summary><c>watch</c> where the output is no terminal.</summary>
public sealed class ChangeLinesTests : IAsyncDisposable
{
    private readonly WatchRig _watch = new();

    private FakeSilo Silo => _watch.Cli.Silo;

    public ChangeLinesTests() => Silo.Answers("GET /api/breakers", FakeSilo.List).Answers("GET /api/breaker?name=pgmq", FakeSilo.Pgmq);

    [Fact]
    public async Task At_first_each_breaker_has_a_line_and_then_each_change()
    {
        _watch.Start();
        Assert.Equal("2026-11-26T20:00:00Z billing: open", await _watch.NextLineAsync());
        Assert.Equal("- pgmq: closed", await _watch.NextLineAsync());

        Silo.Answers("GET /api/breaker/history?name=pgmq", """
            {"transitions":[
            {"from":"closed","to":"open","generation":"1@a","at":"2026-11-26T20:05:01+00:00","cause":"consecutive_failures","worker":"w1"},
            {"from":"open","to":"forced_closed","generation":"2@a","at":"2026-11-26T20:05:02+00:00","cause":"force_closed","actor":"anna","reason":"a drill"}]}
            """);
        Silo.Answers("GET /api/breakers", FakeSilo.List.Replace("\"closed\",\"generation\":\"0\",\"since\":null", "\"forced_closed\",\"generation\":\"2@a\",\"since\":\"2026-11-26T20:05:02+00:00\"", StringComparison.Ordinal));

        Assert.Equal("2026-11-26T20:05:01Z pgmq: closed -> open (consecutive_failures) by w1", await _watch.NextLineAsync());
        Assert.Equal("2026-11-26T20:05:02Z pgmq: open -> forced_closed (force_closed) by anna: a drill", await _watch.NextLineAsync());
        Assert.Equal(ExitCode.Ok, await _watch.InterruptAsync());
    }

    [Fact]
    public async Task What_was_seen_already_is_not_told_again()
    {
        Silo.Answers("GET /api/breaker?name=billing", FakeSilo.Billing.Replace("3@0b7c", "1@0b7c", StringComparison.Ordinal)).Answers("GET /api/breaker/history?name=billing", FakeSilo.History);
        _watch.Start("billing");
        await _watch.NextLineAsync();

        Silo.Answers("GET /api/breaker?name=billing", FakeSilo.Billing);

        Assert.Equal("2026-11-26T19:59:00Z billing: open -> half_open (timeout_elapsed)", await _watch.NextLineAsync());
        Assert.Equal("2026-11-26T20:00:00Z billing: half_open -> open (probe_failed) by worker-2", await _watch.NextLineAsync());
    }

    [Fact]
    public async Task Of_a_history_that_became_another_the_last_transition_is_told()
    {
        Silo.Answers("GET /api/breaker?name=billing", FakeSilo.Billing.Replace("3@0b7c", "9@other", StringComparison.Ordinal)).Answers("GET /api/breaker/history?name=billing", FakeSilo.History);
        _watch.Start("billing");
        await _watch.NextLineAsync();

        Silo.Answers("GET /api/breaker?name=billing", FakeSilo.Billing);
        Assert.Equal("2026-11-26T20:00:00Z billing: half_open -> open (probe_failed) by worker-2", await _watch.NextLineAsync());
    }

    [Fact]
    public async Task Where_the_history_does_not_answer_the_two_states_are_told()
    {
        _watch.Start("pgmq");
        await _watch.NextLineAsync();

        Silo.Answers("GET /api/breaker?name=pgmq", FakeSilo.Pgmq.Replace("\"closed\",\"generation\":\"0\",\"since\":null", "\"open\",\"generation\":\"1@a\",\"since\":\"2026-11-26T20:05:02+00:00\"", StringComparison.Ordinal));

        Assert.Equal("2026-11-26T20:05:02Z pgmq: closed -> open", await _watch.NextLineAsync());
    }

    [Fact]
    public async Task A_silo_that_goes_and_comes_back_is_told_once_each_and_the_watch_goes_on()
    {
        _watch.Start("pgmq");
        await _watch.NextLineAsync();

        Silo.Answers("GET /api/breaker?name=pgmq", _ => throw new HttpRequestException("refused"));
        Assert.Contains("No silo answers at http://127.0.0.1:8080/", await _watch.NextErrorAsync(), StringComparison.Ordinal);
        Silo.Answers("GET /api/breaker?name=pgmq", FakeSilo.Pgmq);

        Assert.Equal("tasker-breakers: The server answers again.", await _watch.NextErrorAsync());
        Assert.Equal(ExitCode.Ok, await _watch.InterruptAsync());
    }

    [Fact]
    public async Task As_json_each_change_is_a_line()
    {
        _watch.Start("pgmq", "--output", "json");

        Assert.Equal(
            """{"name":"pgmq","from":null,"to":"closed","generation":"0","at":null,"cause":null,"worker":null,"actor":null,"reason":null,"ttl_seconds":null,"gap_before":null}""", await _watch.NextLineAsync());
    }

    [Fact]
    public async Task The_first_look_must_succeed()
    {
        Assert.Equal(ExitCode.NotFound, (await RefusedAsync(HttpStatusCode.NotFound)).ExitCode);
        Assert.Equal(ExitCode.Unreachable, (await RefusedAsync(HttpStatusCode.ServiceUnavailable)).ExitCode);

        Task<CliEnd> RefusedAsync(HttpStatusCode status)
        {
            Silo.Refuses("GET /api/breaker?name=pgmq", status, """{"title":"No.","detail":"Not now."}""");
            return _watch.Cli.RunAsync("watch", "pgmq");
        }
    }

    [Fact]
    public async Task It_looks_as_often_as_was_asked()
    {
        var cli = _watch.Cli;
        _watch.Start("pgmq", "--interval", "1m");
        await _watch.NextLineAsync();
        var asked = Silo.Asked.Count;

        cli.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(asked, Silo.Asked.Count);
    }

    public ValueTask DisposeAsync() => _watch.DisposeAsync();
}
