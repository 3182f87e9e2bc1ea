using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using TaskerCore.Orleans.Cli.Commands;
using TaskerCore.Orleans.Cli.Completion;
using TaskerCore.Orleans.Cli.Output;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli;

/// <summary>All commands, and how they end.</summary>
internal static class CommandTree
{
    private const string Name = "tasker-breakers";

    // A text that begins with @ is a text, and no name of a file of arguments.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs one command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(CliHost host, IReadOnlyList<string> args, CancellationToken cancellationToken = default)
    {
        var parsed = Make(host).Parse(args, Parser);
        if (parsed.Action is ParseErrorAction)
        {
            // The first alone: what follows it is often but the rest of it, and may be what a wrong option was to keep secret.
            var error = parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return Fail(host, ExitCode.Usage, $"{string.Join(' ', error)} See {CommandOf(parsed)} --help.");
        }

        try
        {
            return await parsed.InvokeAsync(new() { Output = host.Output, Error = host.Error, EnableDefaultExceptionHandler = false }, cancellationToken);
        }
        catch (CliFault fault)
        {
            return Fail(host, fault.ExitCode, fault.Message);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (IOException exception)
        {
            // All other I/O has its faults told: this is the output.
            var fault = exception as OutputFault ?? new OutputFault(exception.Message, exception);
            return fault.IsReaderGone ? ExitCode.Ok : Fail(host, ExitCode.OutputFailed, fault.Describe());
        }
        catch (Exception exception)
        {
            return Fail(host, ExitCode.Defect, $"This is a bug in {Name}; please report it: {exception.GetType().Name}: {Shown.Line(exception.Message)}");
        }
    }

    private static RootCommand Make(CliHost host)
    {
        var root = new RootCommand("Show and command the circuit breakers of a cluster through the HTTP API of a silo.") { HelpName = Name };
        var options = new GlobalOptions();
        options.AddTo(root);
        var scope = new CommandScope(host, options);
        Command[] commands =
        [
            ListCommand.Make(scope), GetCommand.Make(scope), WatchCommand.Make(scope), HistoryCommand.Make(scope), .. OperatorCommands.Make(scope),
            ConfigCommand.Make(scope), CompletionCommand.Make(scope),
        ];
        foreach (var command in commands)
        {
            root.Subcommands.Add(command);
        }

        var suggest = root.Directives.OfType<SuggestDirective>().Single();
        suggest.Action = new SuggestAction(suggest);
        var help = root.Options.OfType<HelpOption>().Single();

        // Not /h and /?, which may be names.
        help.Aliases.Clear();
        help.Aliases.Add("-h");
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        return root;
    }

    private static string CommandOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var result = parsed.CommandResult; result.Parent is System.CommandLine.Parsing.CommandResult parent; result = parent)
        {
            names.Push(result.Command.Name);
        }

        return string.Join(' ', [Name, .. names]);
    }

    private static int Fail(CliHost host, int exitCode, string message)
    {
        host.Error.WriteLine($"{Name}: {message}");
        return exitCode;
    }

    /// <summary>The library shows arguments of subcommands as if all were required.</summary>
    private static string MarkOptional(string help, Command command) => command.Arguments is [{ Arity.MinimumNumberOfValues: 0 } argument]
        ? help.Replace($"  {command.Name} <{argument.HelpName}>", $"  {command.Name} [{argument.HelpName}]", StringComparison.Ordinal)
        : help;

    private sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            using var text = new StringWriter();
            parseResult.InvocationConfiguration.Output = text;
            help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;
            var shown = parseResult.CommandResult.Command.Subcommands.Aggregate(text.ToString(), MarkOptional);
            output.Write(shown);
            output.WriteLine(ExitCode.Help);
            return ExitCode.Ok;
        }
    }
}
