using System.CommandLine;

namespace TaskerCore.Orleans.Cli.Shell;

/// <summary>The options that every command has.</summary>
internal sealed class GlobalOptions
{
    /// <summary>The variable that names the server.</summary>
    public const string ServerVariable = "TASKER_BREAKERS_SERVER";

    /// <summary>The variable that has the key: a command line is there for all to read.</summary>
    public const string KeyVariable = "TASKER_BREAKERS_KEY";

    /// <summary>Where a silo's HTTP API is by default.</summary>
    public const string DefaultServer = "http://127.0.0.1:8080";

    public Option<string[]> Server { get; } = new("--server", "-s")
    {
        Description = $"A silo's HTTP API. Several, separated by commas or by repeating the option, are tried in order. Default: {ServerVariable}, else {DefaultServer}",
        HelpName = "URL",
        AllowMultipleArgumentsPerToken = false,
        Recursive = true,
    };

    public Option<string?> KeyFile { get; } = new("--key-file")
    {
        Description = $"A file with the server's key. Default: the key in {KeyVariable}. No option takes the key itself",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<bool> Insecure { get; } = new("--insecure")
    {
        Description = "Send the key over plain http to another host, where others can read it",
        Recursive = true,
    };

    public Option<string> Output { get; } = new Option<string>("--output", "-o")
    {
        Description = "The output format: a table for people, or complete data as JSON or YAML",
        DefaultValueFactory = _ => OutputFormat.Table,
        HelpName = string.Join('|', OutputFormat.All),
        Recursive = true,
    }.AcceptOnlyFromAmong(OutputFormat.All);

    public Option<Duration> Timeout { get; } = new("--timeout")
    {
        Description = "How long to wait for each server's answer",
        HelpName = "DURATION",
        DefaultValueFactory = _ => new Duration(TimeSpan.FromSeconds(10)),
        CustomParser = Duration.Parser(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)),
        Recursive = true,
    };

    /// <summary>Adds them to the root.</summary>
    public void AddTo(RootCommand root)
    {
        root.Options.Add(Server);
        root.Options.Add(KeyFile);
        root.Options.Add(Insecure);
        root.Options.Add(Output);
        root.Options.Add(Timeout);
    }
}
