using System.Collections;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using TaskerCore.Orleans.Cli;
using TaskerCore.Orleans.Cli.Shell;
using TaskerCore.Orleans.Configuration;
using TaskerCore.Orleans.LocalEnvironment;
using YamlDotNet.RepresentationModel;

namespace TaskerCore.Orleans.Documentation.Tests;

/// <summary>Examples are what they say they are.</summary>
public sealed partial class CodeBlockTests
{
    private static readonly string[] Checked = ["csharp", "yaml", "json", "sh", "promql", "sql"];

    // Drawings, and what programs print.
    private static readonly string[] Shown = ["mermaid", "text", ""];

    public static TheoryData<string, string> CSharp => MarkdownFile.BlocksOf("csharp");

    public static TheoryData<string, string> Yaml => MarkdownFile.BlocksOf("yaml");

    public static TheoryData<string, string> Json => MarkdownFile.BlocksOf("json");

    public static TheoryData<string, string> Sql => MarkdownFile.BlocksOf("sql");

    public static TheoryData<string, string> Sh => MarkdownFile.BlocksOf("sh");

    [Fact]
    public void Every_block_is_of_a_language_that_is_checked_here_or_shows_what_needs_no_check()
    {
        var blocks = MarkdownFile.All.SelectMany(file => file.Blocks).ToList();

        Assert.All(blocks, block => Assert.True(Checked.Concat(Shown).Contains(block.Language), $"{block.Place}: {block.Language}"));
        Assert.True(CSharp.Count >= 30 && Yaml.Count >= 4 && Sh.Count >= 25, $"{CSharp.Count} of C#, {Yaml.Count} of YAML, {Sh.Count} of sh");
        var scripts = string.Join('\n', blocks.Where(block => block.Language == "sh").Select(block => block.Text));
        Assert.True(CommandLines().Count(scripts) >= 20 && Scripts().Count(scripts) >= 5, $"{CommandLines().Count(scripts)} command lines, {Scripts().Count(scripts)} scripts");
    }

    [Theory]
    [MemberData(nameof(CSharp))]
    public void CSharp_compiles(string place, string code)
    {
        var faults = SnippetCompiler.Faults(code);

        Assert.True(faults.Count == 0, $"{place}:\n{string.Join('\n', faults)}");
    }

    [Theory]
    [InlineData("breakers.Gte(\"pgmq\");")]
    [InlineData("await pgmq.SendAsync(\"orders\");")]
    [InlineData("var page = …;")]
    public void CSharp_that_does_not_compile_is_noticed(string code) => Assert.NotEmpty(SnippetCompiler.Faults(code));

    [Theory]
    [MemberData(nameof(Yaml))]
    public void Yaml_can_be_read_and_settings_of_breakers_are_some_that_a_silo_takes(string place, string yaml)
    {
        new YamlStream().Load(new StringReader(yaml));
        if (!yaml.Contains("circuit_breakers", StringComparison.Ordinal))
        {
            return;
        }

        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, yaml);

            var fault = Record.Exception(() => new ConfigurationLoader(file, new Hashtable()).Load());

            Assert.True(fault is null, $"{place}: {fault?.Message}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(Json))]
    public void Json_can_be_read(string place, string json)
    {
        var fault = Record.Exception(() => JsonDocument.Parse(json));

        Assert.True(fault is null, $"{place}: {fault?.Message}");
    }

    /// <summary>What it names is there before it: a role, and a queue.</summary>
    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Sql_is_taken_by_a_Postgres_with_pgmq(string place, string sql)
    {
        await using var source = NpgsqlDataSource.Create(await PostgresDatabase.CreateForTestAsync(withPgmq: true));
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var given = new NpgsqlCommand("CREATE ROLE taskercore_worker; SELECT pgmq.create('orders')", connection, transaction);
        await given.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(sql, connection, transaction);

        var fault = await Record.ExceptionAsync(() => command.ExecuteNonQueryAsync());

        Assert.True(fault is null, $"{place}: {fault?.Message}");
        await transaction.RollbackAsync();
    }

    [Theory]
    [MemberData(nameof(Sh))]
    public async Task Sh_can_be_read_and_the_scripts_that_it_runs_are_there(string place, string script)
    {
        Assert.True(await SaidAgainstAsync("bash", script, "-n") is "", place);

        foreach (var command in Scripts().Matches(script).Select(match => match.Groups["path"].Value))
        {
            var path = Repository.Path(command.Split('/'));
            Assert.True(File.Exists(path) && File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute), $"{place}: {command}");
        }
    }

    [Theory]
    [MemberData(nameof(Sh))]
    public async Task The_command_line_takes_what_it_is_shown_to_take(string place, string script)
    {
        foreach (var command in CommandLines().Matches(script).Select(match => match.Groups["arguments"].Value.Trim()))
        {
            string[] arguments = [.. Words().Matches(command).Select(word => word.Value.Replace("\"", "", StringComparison.Ordinal))];
            using var error = new StringWriter();

            // Read, and then not run.
            var exitCode = await CommandTree.RunAsync(Host(error), arguments, new CancellationToken(canceled: true));

            Assert.True(exitCode != ExitCode.Usage, $"{place}: tasker-breakers {command}: {error}");
        }
    }

    [Fact]
    public async Task A_command_line_that_it_does_not_take_is_noticed()
    {
        using var error = new StringWriter();

        Assert.Equal(ExitCode.Usage, await CommandTree.RunAsync(Host(error), ["force-open", "pgmq", "--til", "5m"], new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Promql_can_be_read_by_prometheus()
    {
        var blocks = MarkdownFile.All.SelectMany(file => file.Blocks).Where(block => block.Language == "promql").ToList();
        var rules = string.Concat(blocks.Select((block, number) => $"  - record: block:{number}\n    expr: |\n{Indented(block.Text)}\n"));
        Assert.NotEmpty(blocks);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, $"groups:\n- name: documents\n  rules:\n{rules}");

            Assert.Equal("", await SaidAgainstAsync(Repository.Path(".cache", "prometheus", "promtool"), "", "check", "rules", file));
        }
        finally
        {
            File.Delete(file);
        }

        static string Indented(string text) => string.Join('\n', text.Split('\n').Select(line => $"      {line}"));
    }

    private static CliHost Host(TextWriter error) => new()
    {
        Output = TextWriter.Null,
        Error = error,
        IsTerminal = false,
        Variables = new Hashtable(),
        MakeHandler = _ => new SocketsHttpHandler(),
        Actor = "reader@desk",
    };

    /// <summary>What a program that reads its input has against it; empty: nothing.</summary>
    private static async Task<string> SaidAgainstAsync(string program, string input, params string[] arguments)
    {
        var (exitCode, output) = await ProgramRun.OfAsync(new ProcessStartInfo(program, arguments), input);
        return exitCode == 0 ? "" : $"{exitCode}: {output}";
    }

    [GeneratedRegex(@"(?<=^|[\s;|(])(\./)?(?<path>([a-z]+/)*[a-z-]+\.sh)\b", RegexOptions.Multiline)]
    private static partial Regex Scripts();

    [GeneratedRegex(@"(?<![\w/.-])tasker-breakers(?<arguments>( +(""[^""]*""|'[^']*'|[^\s""'|;&<>#()]+))*)")]
    private static partial Regex CommandLines();

    [GeneratedRegex(@"(""[^""]*""|[^\s""])+")]
    private static partial Regex Words();
}
