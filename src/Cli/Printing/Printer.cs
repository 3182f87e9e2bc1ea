using System.Text.Json;
using Spectre.Console;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Printing;

/// <summary>Prints answers in the form that was asked for.</summary>
internal sealed class Printer(CliHost host, string format)
{
    /// <summary>Wide enough for any table: what is not a terminal has no edge.</summary>
    private const int NoEdge = 10_000;

    /// <summary>Whether people are to read it.</summary>
    public bool IsTable => format == OutputFormat.Table;

    /// <summary>Where tables go.</summary>
    public IAnsiConsole Console => field ??= Open(host);

    /// <summary>Prints an answer: whole, or as a table.</summary>
    public void Print(JsonElement answer, Action<IAnsiConsole> table)
    {
        switch (format)
        {
            case OutputFormat.Json:
                host.Output.WriteLine(Json.Indent(answer));
                break;
            case OutputFormat.Yaml:
                Yaml.Write(answer, host.Output);
                break;
            default:
                table(Console);
                break;
        }
    }

    /// <summary>Prints one of many answers: a line of text or JSON, or a document of YAML.</summary>
    public void PrintLine(JsonElement answer, string text)
    {
        switch (format)
        {
            case OutputFormat.Json:
                host.Output.WriteLine(Json.Line(answer));
                break;
            case OutputFormat.Yaml:
                Yaml.Write(answer, host.Output, isOfMany: true);
                break;
            default:
                host.Output.WriteLine(text);
                break;
        }
    }

    private static IAnsiConsole Open(CliHost host)
    {
        var hasAnsi = host.IsTerminal && host.Variable("TERM") != "dumb";
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(host.Output),
            Ansi = !hasAnsi ? AnsiSupport.No : OperatingSystem.IsWindows() ? AnsiSupport.Detect : AnsiSupport.Yes,
            ColorSystem = host.HasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = host.IsTerminal ? InteractionSupport.Yes : InteractionSupport.No,
        });
        if (!host.IsTerminal)
        {
            console.Profile.Width = NoEdge;
        }

        return console;
    }
}
