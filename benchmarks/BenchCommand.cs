using System.Diagnostics;
using TaskerCore.Orleans.Benchmarks.Fleet.Rows;
using TaskerCore.Orleans.Benchmarks.HotPath;
using TaskerCore.Orleans.Benchmarks.Reporting;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Benchmarks;

/// <summary>Measures rows and reports them.</summary>
internal static class BenchCommand
{
    private const string Usage = """
        usage: eng/bench.sh [ROW ...] [--quick]
          ROW       numbers of rows; all, if none is given
          --quick   fewer repetitions, and not the longest rows: a table in under 5 minutes, no report
        """;

    private static readonly Row[] Rows =
    [
        new ClosedCallsRow(),
        new ThreadsRow(),
        new RejectedCallsRow(),
        new FailingCallsRow(),
        new RemoteCallsRow(),
        new PropagationRow(),
        new StormIntakeRow(),
        new IdleCostRow(),
        new ManyBreakersRow(),
        new ProbeRushRow(),
        new CallPerOperationRow(),
        new StartUpRow(),
    ];

    /// <summary>Runs it; 0 when all was measured, whether reached or missed, 1 when a row failed, 2 for a wrong argument.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.FirstOrDefault(arg => arg != "--quick" && !Rows.Any(row => arg == $"{row.Number}")) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"bench: '{unknown}' is no row and no option\n{Usage}");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = true;
            stop.Cancel();
        };
        var plan = new Plan(args.Contains("--quick"), Environment.GetEnvironmentVariable("TASKERCORE_BENCH_REDIS"));
        var chosen = Rows.Where(row => args.Contains($"{row.Number}")).ToArray();
        var findings = new Findings();
        var failed = 0;
        foreach (var row in chosen.Length > 0 ? chosen : [.. Rows.Where(row => row.IsQuick || !plan.IsQuick)])
        {
            var begin = Stopwatch.GetTimestamp();
            Console.Error.WriteLine($"[{row.Number,2}] {row.Name} ...");
            try
            {
                await row.MeasureAsync(plan, findings, stop.Token);
                Console.Error.WriteLine($"[{row.Number,2}] {Stopwatch.GetElapsedTime(begin).TotalSeconds:0} s");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return 1;
            }
            catch (Exception exception)
            {
                failed++;
                Console.Error.WriteLine($"[{row.Number,2}] FAILED: {exception}");
            }
        }

        FindingsTable.Print(findings.All);
        if (!plan.IsQuick && findings.All.Count > 0)
        {
            Report.Write(Repository.Path("benchmarks", "reports"), findings, TimeProvider.System);
        }

        Console.WriteLine(
            $"{findings.All.Count(finding => finding.Holds == true)} reached, {findings.All.Count(finding => finding.Holds == false)} missed, {failed} rows failed");
        return failed == 0 ? 0 : 1;
    }
}
