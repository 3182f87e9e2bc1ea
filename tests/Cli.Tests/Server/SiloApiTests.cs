using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Server;

/// <summary>What a server refuses, and that none answers: an exit code, and one line that says what to do.</summary>
public sealed class SiloApiTests
{
    private const string Route = "GET /api/breaker?name=billing";
    private readonly CliRig _rig = new();

    [Theory]
    [InlineData(HttpStatusCode.NotFound, """{"title":"The breaker does not exist.","detail":"'billing' was never used and is not configured."}""", ExitCode.NotFound, "The breaker does not exist. 'billing' was never used and is not configured.")]
    [InlineData(HttpStatusCode.NotFound, """{"title":"Not Found","status":404}""", ExitCode.Unreachable, "http://127.0.0.1:8080/ answered 404, but not like a silo: no silo's HTTP API is under this path, or the silo is too old. If a proxy serves silos under a path, include it in the address. Use another address: --server URL.")]
    [InlineData(HttpStatusCode.NotFound, """{"title":"Not Found","detail":"There is no GET /ops/api/breaker. The path begins with '/ops'.","code":"endpoint_not_found"}""", ExitCode.Unreachable, "A silo answers at http://127.0.0.1:8080/, but not under this path, or it is too old. There is no GET /ops/api/breaker. The path begins with '/ops'. Use another address: --server URL.")]
    [InlineData(HttpStatusCode.BadRequest, """{"title":"The request is invalid.","errors":{"name":["is bad"]}}""", ExitCode.Invalid, "The request is invalid. name: is bad.")]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, """{"title":"The request is invalid.","detail":"Too large."}""", ExitCode.Invalid, "The request is invalid. Too large.")]
    [InlineData(HttpStatusCode.Conflict, """{"title":"The breaker is forced.","detail":"Release it first."}""", ExitCode.Conflict, "The breaker is forced. Release it first.")]
    [InlineData(HttpStatusCode.Unauthorized, """{"title":"A key is required."}""", ExitCode.NotAllowed, "A key is required. Set a key: TASKER_BREAKERS_KEY, or --key-file.")]
    [InlineData(HttpStatusCode.Forbidden, """{"title":"Not allowed."}""", ExitCode.NotAllowed, "Not allowed. This key does not allow it.")]
    [InlineData(HttpStatusCode.TooManyRequests, """{"title":"Too many requests."}""", ExitCode.NotAllowed, "Too many requests. Try again in 7s.")]
    [InlineData(HttpStatusCode.ServiceUnavailable, """{"title":"The silo does not serve.","detail":"The silo is joining the cluster"}""", ExitCode.Unreachable, "The silo does not serve. The silo is joining the cluster Try again in 7s.")]
    [InlineData(HttpStatusCode.InternalServerError, """{"title":"An error occurred."}""", ExitCode.Unreachable, "An error occurred. See the silo's log.")]
    [InlineData(HttpStatusCode.BadGateway, "not even JSON", ExitCode.Unreachable, "http://127.0.0.1:8080/ answered 502 Bad Gateway. The proxy there cannot reach a silo.")]
    [InlineData(HttpStatusCode.Found, "{}", ExitCode.Unreachable, "http://127.0.0.1:8080/ answered 302, which is not an answer of a silo. Use the address of a silo: --server URL.")]
    public async Task What_is_refused_has_an_exit_code_and_a_line(HttpStatusCode status, string problem, int exitCode, string line)
    {
        _rig.Silo.Answers(Route, problem, status, "application/problem+json", answer => answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)));

        var end = await _rig.RunAsync("get", "billing");

        Assert.Equal((exitCode, $"tasker-breakers: {line}\n", ""), (end.ExitCode, end.Error, end.Output));
    }

    [Fact]
    public async Task A_key_that_was_given_and_refused_is_another_matter_than_none()
    {
        _rig.Variables["TASKER_BREAKERS_KEY"] = "wrong-key";
        _rig.Silo.Refuses(Route, HttpStatusCode.Unauthorized, """{"title":"Unknown key."}""");

        var end = await _rig.RunAsync("get", "billing");

        Assert.Equal((ExitCode.NotAllowed, "tasker-breakers: Unknown key. Set another key: TASKER_BREAKERS_KEY, or --key-file.\n"), (end.ExitCode, end.Error));
        Assert.Equal("Bearer wrong-key", _rig.Silo.Asked[0].Authorization);
    }

    [Fact]
    public async Task Where_nobody_listens_the_address_is_told_and_how_to_give_another()
    {
        _rig.Silo.Answers("GET /tasker/api/breaker?name=billing", _ => throw new HttpRequestException("no", new SocketException((int)SocketError.ConnectionRefused)));

        var end = await _rig.RunAsync("get", "billing", "--server", "http://127.0.0.1:9/tasker");

        Assert.Equal(ExitCode.Unreachable, end.ExitCode);
        Assert.StartsWith("tasker-breakers: No silo answers at http://127.0.0.1:9/tasker/: ", end.Error, StringComparison.Ordinal);
        Assert.EndsWith("or use another address: --server URL, or TASKER_BREAKERS_SERVER.\n", end.Error, StringComparison.Ordinal);
        Assert.Single(end.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_waited_for_as_long_as_was_asked()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Silo.Answers(Route, async cancellationToken =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("not cancelled");
        });

        var run = _rig.RunAsync("get", "billing", "--timeout", "2500ms");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        _rig.Time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.False(run.IsCompleted);
        _rig.Time.Advance(TimeSpan.FromSeconds(0.1));
        var end = await run;

        Assert.Equal(
            (ExitCode.Unreachable, "tasker-breakers: http://127.0.0.1:8080/ did not answer within 2500ms. Check whether a silo runs there, or wait longer: --timeout.\n"),
            (end.ExitCode, end.Error));
    }

    [Fact]
    public async Task S10_of_a_command_that_was_not_answered_it_is_told_that_it_may_be_in_effect()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Silo.Answers("POST /api/breaker/reset?name=billing", async cancellationToken =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("not cancelled");
        });

        var run = _rig.RunAsync("reset", "billing", "-r", "drill");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        _rig.Time.Advance(TimeSpan.FromSeconds(10));
        var end = await run;

        Assert.Equal(ExitCode.Unreachable, end.ExitCode);
        Assert.EndsWith("The command may be in effect: check the history.\n", end.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"name":7}""")]
    public async Task What_is_no_answer_of_a_silo_is_not_taken_for_one(string body)
    {
        _rig.Silo.Answers(Route, body);

        var end = await _rig.RunAsync("get", "billing");

        Assert.Equal((ExitCode.Unreachable, ""), (end.ExitCode, end.Output));
        Assert.Contains("an answer that is not a silo's", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_command_with_its_own_exit_code()
    {
        using var interrupt = new CancellationTokenSource();
        _rig.Silo.Answers(Route, async cancellationToken =>
        {
            await interrupt.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("not cancelled");
        });
        using var error = new StringWriter();

        Assert.Equal(ExitCode.Interrupted, await _rig.StartAsync(TextWriter.Null, error, interrupt.Token, "get", "billing").WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Empty(error.ToString());
    }
}
