using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Server;

/// <summary>Which server is asked, and where a key goes and where not.</summary>
public sealed class ServerAddressTests : IDisposable
{
    private readonly CliRig _rig = new();
    private readonly string _keyFile = Path.GetTempFileName();

    public ServerAddressTests() => _rig.Silo.Answers("GET /api/breakers", FakeSilo.List).Answers("GET /ops/tasker/api/breakers", FakeSilo.List);

    [Theory]
    [InlineData(null, null, "http://127.0.0.1:8080/")]
    [InlineData("http://silo-1:8080", null, "http://silo-1:8080/")]
    [InlineData("http://silo-1:8080", "https://silo-2/ops/tasker", "https://silo-2/ops/tasker/")]
    public async Task The_option_is_asked_else_the_variable_else_this_machine(string? variable, string? option, string expected)
    {
        _rig.Variables["TASKER_BREAKERS_SERVER"] = variable;

        var end = await _rig.RunAsync(option is null ? ["list"] : ["list", "--server", option]);

        Assert.Equal((ExitCode.Ok, expected), (end.ExitCode, Assert.Single(_rig.Servers).ToString()));
    }

    [Theory]
    [InlineData("silo-1:8080")]
    [InlineData("ftp://silo-1")]
    [InlineData("http://user:secret@silo-1")]
    [InlineData("http://silo-1/?key=secret")]
    public async Task What_is_no_plain_address_is_refused(string server)
    {
        var end = await _rig.RunAsync("list", "--server", server);

        Assert.Equal(ExitCode.Usage, end.ExitCode);
        Assert.Contains("use http://HOST:PORT", end.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", end.Error, StringComparison.Ordinal);
        Assert.Empty(_rig.Silo.Asked);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", false, true)]
    [InlineData("http://localhost:8080", false, true)]
    [InlineData("http://[::1]:8080", false, true)]
    [InlineData("https://silo-1", false, true)]
    [InlineData("http://silo-1:8080", true, true)]
    [InlineData("http://silo-1:8080", false, false)]
    [InlineData("http://127.0.0.1.example.org", false, false)]
    public async Task A_key_goes_over_plain_http_to_this_machine_only(string server, bool insecure, bool isSent)
    {
        _rig.Variables["TASKER_BREAKERS_KEY"] = "hunter2-key";

        var end = await _rig.RunAsync(["list", "--server", server, .. insecure ? ["--insecure"] : Array.Empty<string>()]);

        if (isSent)
        {
            Assert.Equal((ExitCode.Ok, "Bearer hunter2-key"), (end.ExitCode, Assert.Single(_rig.Silo.Asked).Authorization));
        }
        else
        {
            Assert.Equal(ExitCode.Usage, end.ExitCode);
            Assert.Contains("Use https, or --insecure", end.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", end.Error, StringComparison.Ordinal);
            Assert.Empty(_rig.Silo.Asked);
        }
    }

    [Fact]
    public async Task A_key_file_goes_before_the_variable_and_its_line_end_is_no_part_of_the_key()
    {
        _rig.Variables["TASKER_BREAKERS_KEY"] = "of-the-variable";
        await File.WriteAllTextAsync(_keyFile, "of-the-file\n");

        await _rig.RunAsync("list", "--key-file", _keyFile);

        Assert.Equal("Bearer of-the-file", Assert.Single(_rig.Silo.Asked).Authorization);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("two\nlines")]
    [InlineData("hunter2-\u00fc")]
    public async Task What_is_no_key_is_refused_and_not_repeated(string content)
    {
        await File.WriteAllTextAsync(_keyFile, content);

        var end = await _rig.RunAsync("list", "--key-file", _keyFile);

        Assert.Equal(ExitCode.Invalid, end.ExitCode);
        Assert.Equal($"tasker-breakers: The key in {_keyFile} must be one line of 1-4096 ASCII characters without spaces.\n", end.Error);
        Assert.Empty(_rig.Silo.Asked);
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_refused()
    {
        await File.WriteAllTextAsync(_keyFile, new string('k', 1_000_000));

        Assert.Equal(ExitCode.Invalid, (await _rig.RunAsync("list", "--key-file", _keyFile)).ExitCode);
    }

    [Fact]
    public async Task A_key_file_that_is_not_there_is_told()
    {
        var end = await _rig.RunAsync("list", "--key-file", "/no/such/key");

        Assert.Equal(ExitCode.Invalid, end.ExitCode);
        Assert.Contains("/no/such/key", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_none_is_sent()
    {
        await _rig.RunAsync("list", "--server", "http://silo-1");

        Assert.Null(Assert.Single(_rig.Silo.Asked).Authorization);
    }

    public void Dispose() => File.Delete(_keyFile);
}
