using System.Collections;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests;

/// <summary>What a command line came to.</summary>
internal sealed record CliEnd(int ExitCode, string Output, string Error)
{
    public IReadOnlyList<string> Lines { get; } = [.. Output.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];

    /// <summary>The words of each line.</summary>
    public IReadOnlyList<string[]> Words => [.. Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}

/// <summary>Runs command lines against a <see cref="FakeSilo"/>.</summary>
internal sealed class CliRig
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public FakeSilo Silo { get; } = new();

    public Hashtable Variables { get; } = [];

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 26, 20, 5, 0, TimeSpan.Zero));

    public bool IsTerminal { get; init; }

    public List<Uri> Servers { get; } = [];

    /// <summary>Which silo is behind an address; null: <see cref="Silo"/>.</summary>
    public Func<Uri, FakeSilo>? SiloOf { get; init; }

    public FakeTerminal Terminal { get; } = new();

    /// <summary>Standard input.</summary>
    public string Input { get; set; } = string.Empty;

    /// <summary>Runs one to its end.</summary>
    public async Task<CliEnd> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await StartAsync(output, error, default, args).WaitAsync(Limit);
        return new CliEnd(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Starts one that ends when cancelled.</summary>
    public Task<int> StartAsync(TextWriter output, TextWriter error, CancellationToken cancellationToken, params string[] args) => CommandTree.RunAsync(
        new CliHost
        {
            Output = output,
            Error = error,
            IsTerminal = IsTerminal,
            Variables = Variables,
            OpenInput = () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Input)),
            Time = Time,
            MakeHandler = server =>
            {
                Servers.Add(server);
                return SiloOf?.Invoke(server) ?? Silo;
            },
            Actor = "ops@desk",
            OpenTerminal = () => Terminal,
        },
        args,
        cancellationToken);
}
