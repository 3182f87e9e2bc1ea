using System.Diagnostics;
using System.Globalization;
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
        try
        {
            var wanted = ChaosArguments.Parse(args);
            ManagedProcess.LogFolder = wanted.LogFolder;
            return await PlayAsync(wanted, stop.Token) ? 0 : 1;
        }
        catch (FormatException wrong)
        {
            await Console.Error.WriteLineAsync($"chaos: {wrong.Message}");
            return Wrong;
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

    private static async Task<bool> PlayAsync(ChaosArguments wanted, CancellationToken cancellationToken)
    {
        var reports = new List<ScenarioReport>();
        var runner = new ScenarioRunner(wanted.IsShort, Console.WriteLine);
        foreach (var scenario in wanted.Scenarios)
        {
            reports.Add(await runner.RunAsync(scenario, cancellationToken));
            Console.WriteLine();
        }

        ReportTable.Write(reports, Console.Out);
        return reports.All(report => report.Held);
    }
}

/// <summary>The command line.</summary>
internal sealed record ChaosArguments(IReadOnlyList<Scenario> Scenarios, bool IsShort, string? LogFolder)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is not understood; the message says what is.</exception>
    public static ChaosArguments Parse(IReadOnlyList<string> args)
    {
        var chosen = new List<Scenario>();
        var (isShort, isMix, minutes, seed, logs) = (false, false, 5.0, (int?)null, (string?)null);
        for (var index = 0; index < args.Count; index++)
        {
            switch (args[index])
            {
                case "--short":
                    isShort = true;
                    break;
                case "--mix":
                    isMix = true;
                    break;
                case "--minutes" when index + 1 < args.Count && double.TryParse(args[index + 1], CultureInfo.InvariantCulture, out minutes):
                case "--seed" when index + 1 < args.Count && TryInt(args[index + 1], ref seed):
                    index++;
                    break;
                case "--logs" when index + 1 < args.Count:
                    logs = Path.GetFullPath(args[++index]);
                    break;
                case var number when ScenarioList.All.FirstOrDefault(each => each.Number.ToString(CultureInfo.InvariantCulture) == number) is { } one:
                    chosen.Add(one);
                    break;
                default:
                    throw new FormatException(
                        $"'{args[index]}' is not known. Give numbers of scenarios ({string.Join(' ', ScenarioList.All.Select(each => each.Number))}), none for all of them, "
                        + "--short, --logs FOLDER; or --mix --minutes N [--seed S].");
            }
        }

        return (isMix, chosen.Count) switch
        {
            (true, > 0) => throw new FormatException("--mix goes without numbers of scenarios."),
            (true, _) => new([new Mix(seed ?? (int)(Stopwatch.GetTimestamp() & int.MaxValue), TimeSpan.FromMinutes(minutes))], isShort, logs),
            (false, > 0) => new(chosen, isShort, logs),
            _ => new(ScenarioList.All, isShort, logs),
        };
    }

    private static bool TryInt(string text, ref int? value)
    {
        value = int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
        return value is not null;
    }
}
