using System.Net;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Server;

/// <summary>Several servers: the next is asked where one does not serve, and a command is sent again only where none has carried it out.</summary>
public sealed class SiloClientTests : IDisposable
{
    private const string Get = "GET /api/breaker?name=billing";
    private const string Post = "POST /api/breaker/reset?name=billing";
    private const string Done = """{"breaker":{"name":"billing","state":"closed","generation":"4@0b7c"},"stored":true}""";

    private readonly FakeSilo _first = new();
    private readonly FakeSilo _second = new();
    private readonly CliRig _rig;

    public SiloClientTests() => _rig = new CliRig { SiloOf = server => server.Port == 1 ? _first : _second };

    private static string[] Servers => ["-s", "http://127.0.0.1:1,http://127.0.0.1:2"];

    [Theory]
    [InlineData("-s http://127.0.0.1:1,http://127.0.0.1:2")]
    [InlineData("-s http://127.0.0.1:1 --server http://127.0.0.1:2/")]
    [InlineData("-s http://127.0.0.1:1, -s ,http://127.0.0.1:2")]
    public async Task A_server_that_cannot_be_reached_is_passed_over(string options)
    {
        _first.Answers(Get, _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        _second.Answers(Get, FakeSilo.Billing);

        var end = await _rig.RunAsync(["get", "billing", .. options.Split(' ')]);

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
    }

    [Fact]
    public async Task The_variable_may_name_several_with_commas()
    {
        _rig.Variables["TASKER_BREAKERS_SERVER"] = "http://127.0.0.1:1, http://127.0.0.1:2";
        _first.Refuses(Get, HttpStatusCode.ServiceUnavailable, """{"title":"The silo does not serve.","detail":"It starts.","code":"not_serving"}""");
        _second.Answers(Get, FakeSilo.Billing);

        Assert.Equal(ExitCode.Ok, (await _rig.RunAsync("get", "billing")).ExitCode);
    }

    [Fact]
    public async Task A_refusal_is_an_answer_and_no_other_server_is_asked()
    {
        _first.Refuses(Get, HttpStatusCode.Unauthorized, """{"title":"A key is required."}""");

        Assert.Equal(ExitCode.NotAllowed, (await _rig.RunAsync(["get", "billing", .. Servers])).ExitCode);
        Assert.Empty(_second.Asked);
    }

    [Fact]
    public async Task Where_none_serves_each_is_named()
    {
        _first.Answers(Get, _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        _second.Refuses(Get, HttpStatusCode.ServiceUnavailable, """{"title":"The silo does not serve.","detail":"It starts."}""");

        var end = await _rig.RunAsync(["get", "billing", .. Servers]);

        Assert.Equal(ExitCode.Unreachable, end.ExitCode);
        Assert.StartsWith("tasker-breakers: None of the 2 servers answers. No silo answers at http://127.0.0.1:1/: ", end.Error, StringComparison.Ordinal);
        Assert.Contains("The silo does not serve. It starts.", end.Error, StringComparison.Ordinal);
        Assert.Single(end.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("refused", true)]
    [InlineData("unknown name", true)]
    [InlineData("not serving", true)]
    [InlineData("reset", false)]
    [InlineData("no answer", false)]
    [InlineData("bad gateway", false)]
    [InlineData("unavailable by a proxy", false)]
    public async Task S10_a_command_is_sent_to_the_next_only_where_it_is_certain_that_nothing_was_carried_out(string first, bool isSentAgain)
    {
        _ = first switch
        {
            "refused" => _first.Answers(Post, _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused")),
            "unknown name" => _first.Answers(Post, _ => throw new HttpRequestException(HttpRequestError.NameResolutionError, "unknown")),
            "not serving" => _first.Refuses(Post, HttpStatusCode.ServiceUnavailable, """{"title":"The silo does not serve.","detail":"It starts.","code":"not_serving"}"""),
            "reset" => _first.Answers(Post, _ => throw new HttpRequestException(HttpRequestError.ResponseEnded, "reset")),
            "no answer" => _first.Refuses(Post, HttpStatusCode.ServiceUnavailable, """{"title":"The silo does not serve.","detail":"The command may be in effect: look at the history.","code":"no_answer"}"""),
            "bad gateway" => _first.Answers(Post, "<html>", HttpStatusCode.BadGateway, "text/html"),
            _ => _first.Answers(Post, "<html>", HttpStatusCode.ServiceUnavailable, "text/html"),
        };
        _second.Answers(Post, Done);

        var end = await _rig.RunAsync(["reset", "billing", "-r", "drill", .. Servers]);

        Assert.Equal((isSentAgain ? ExitCode.Ok : ExitCode.Unreachable, isSentAgain ? 1 : 0), (end.ExitCode, _second.Asked.Count));
        Assert.Equal(!isSentAgain, end.Error.Contains("may be in effect", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_is_sent_to_none_where_one_of_them_is_open_to_all_to_read()
    {
        _rig.Variables["TASKER_BREAKERS_KEY"] = "hunter2-key";

        var end = await _rig.RunAsync("list", "-s", "https://silo-1,http://silo-2");

        Assert.Equal(ExitCode.Usage, end.ExitCode);
        Assert.Contains("http://silo-2/", end.Error, StringComparison.Ordinal);
        Assert.Empty(_second.Asked);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
