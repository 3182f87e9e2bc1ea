using System.CommandLine;
using System.CommandLine.Invocation;
using System.Diagnostics;
using System.Runtime.InteropServices;
using TaskerCore.Orleans.Chaos.Measuring;
using TaskerCore.Orleans.Chaos.Scenarios;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos;

/// <summary>What the command line asks for: which scenarios, and how; a table at the end.</summary>
internal static class ChaosCommand
{
    private const int Wrong = 2;
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        var parsed = Make(stop.Token).Parse(args);
        try
        {
            // No time limit after a signal: every process and network of a scenario must be gone first.
            var exitCode = await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
            return parsed.Action is ParseErrorAction ? Wrong : exitCode;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.WriteLine("Stopped.");
            return Interrupted;
        }

        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static RootCommand Make(CancellationToken stop)
    {
        var numbers = new Argument<string[]>("NUMBER") { HelpName = "NUMBER", Description = "Scenarios to play; none: all of them", Arity = ArgumentArity.ZeroOrMore };
        numbers.AcceptOnlyFromAmong([.. ScenarioList.All.Select(scenario => $"{scenario.Number}")]);
        var isShort = new Option<bool>("--short") { Description = "Play each in seconds" };
        var mix = new Option<bool>("--mix") { Description = "Play a random mix of faults instead" };
        var minutes = new Option<double>("--minutes") { Description = "How long the mix goes on", HelpName = "N", DefaultValueFactory = _ => 5 };
        var seed = new Option<int?>("--seed") { Description = "The mix's seed: the same faults in the same order", HelpName = "S" };
        var logs = new Option<DirectoryInfo?>("--logs") { Description = "Write the output of every process to files there", HelpName = "FOLDER" };
        var root = new RootCommand("Plays real faults against real silos, workers and Postgres under load.") { numbers, isShort, mix, minutes, seed, logs };
        root.Validators.Add(result =>
        {
            if (result.GetValue(mix) && result.GetValue(numbers) is { Length: > 0 })
            {
                result.AddError("--mix goes without numbers of scenarios.");
            }
        });
        root.SetAction(async parsed =>
        {
            ManagedProcess.LogFolder = parsed.GetValue(logs)?.FullName;
            var chosen = parsed.GetValue(numbers) is { Length: > 0 } some ? some.Select(number => ScenarioList.All.First(each => $"{each.Number}" == number)) : ScenarioList.All;
            IEnumerable<Scenario> scenarios = parsed.GetValue(mix)
                ? [new Mix(parsed.GetValue(seed) ?? (int)(Stopwatch.GetTimestamp() & int.MaxValue), TimeSpan.FromMinutes(parsed.GetValue(minutes)))]
                : chosen;
            return await PlayAsync(scenarios, parsed.GetValue(isShort), stop) ? 0 : 1;
        });
        return root;
    }

    private static async Task<bool> PlayAsync(IEnumerable<Scenario> scenarios, bool isShort, CancellationToken cancellationToken)
    {
        var reports = new List<ScenarioReport>();
        var runner = new ScenarioRunner(isShort, Console.WriteLine);
        foreach (var scenario in scenarios)
        {
            reports.Add(await runner.RunAsync(scenario, cancellationToken));
            Console.WriteLine();
        }

        ReportTable.Write(reports, Console.Out);
        return reports.All(report => report.Held);
    }
}
