using System.Diagnostics;
using TaskerCore.Orleans.Benchmarks.Fleet;
using TaskerCore.Orleans.Benchmarks.Reporting;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.HotPath;

/// <summary>Row 2: the same breaker from several threads at once.</summary>
internal sealed class ThreadsRow : Row
{
    private const double Reach = 1.8;
    private static readonly int[] Threads = [1, 2, 8];
    private static readonly Action Operation = static () => { };

    public override int Number => 2;

    public override string Name => "closed calls from several threads";

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(1, cancellationToken);
        Environment.SetEnvironmentVariable(Peers.GatewayVariable, cluster.Gateways[0]);
        await using var peers = await Peers.ConnectAsync();
        var breaker = await peers.BreakerAsync("bench-closed");
        var polly = Peers.Polly();
        Action bareCall = Operation;
        Action ourCall = () => breaker.Execute(Operation);
        Action pollyCall = () => polly.Execute(Operation);

        // The peers in turn, round by round, so that a slow moment of the machine meets all of them.
        var rates = new Dictionary<(string, int), List<double>>();
        var seconds = plan.Of(0.5, 0.2);
        for (var round = 0; round < plan.Of(9, 4); round++)
        {
            foreach (var threads in Threads)
            {
                Add("this", threads, ourCall);
                Add("Polly", threads, pollyCall);
                Add("bare", threads, bareCall);
            }
        }

        foreach (var threads in Threads.Where(threads => threads > 1))
        {
            var gain = Median("this", threads) / Median("this", 1);
            findings.Add(new(
                Number,
                $"closed calls a second, {threads} threads on one breaker",
                "one thread",
                $"≥ {Reach} ×",
                $"{gain:0.00} ×",
                gain >= Reach,
                $"this {Millions("this", 1)} -> {Millions("this", threads)}, Polly {Millions("Polly", 1)} -> {Millions("Polly", threads)}, "
                + $"the bare delegate {Millions("bare", 1)} -> {Millions("bare", threads)} million a second"));
        }

        findings.BarCharts.Add(new(
            "threads",
            "Closed calls on one breaker (2 cores)",
            "million calls/s",
            [.. Threads.Select(threads => $"{threads} threads")],
            [.. ((string[])["this", "Polly"]).Select(peer => new BarSeries(
                peer == "this" ? "this project" : "Polly.Core", [.. Threads.Select(threads => Median(peer, threads) / 1e6)]))]));

        void Add(string peer, int threads, Action call)
        {
            if (!rates.TryGetValue((peer, threads), out var list))
            {
                rates[(peer, threads)] = list = [];
            }

            list.Add(CallsPerSecond(call, threads, seconds));
        }

        double Median(string peer, int threads) => Figures.Quantile([.. rates[(peer, threads)].Order()], 0.5);

        string Millions(string peer, int threads) => $"{Median(peer, threads) / 1e6:0.0}";
    }

    private static double CallsPerSecond(Action call, int threads, double seconds)
    {
        const int turn = 1000;
        using var start = new ManualResetEventSlim();
        long calls = 0;
        long until = 0;
        Thread[] all =
        [
            .. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
            {
                start.Wait();
                long mine = 0;
                while (Stopwatch.GetTimestamp() < Volatile.Read(ref until))
                {
                    for (var number = 0; number < turn; number++)
                    {
                        call();
                    }

                    mine += turn;
                }

                Interlocked.Add(ref calls, mine);
            })),
        ];
        foreach (var thread in all)
        {
            thread.Start();
        }

        var begin = Stopwatch.GetTimestamp();
        until = begin + (long)(seconds * Stopwatch.Frequency);
        start.Set();
        foreach (var thread in all)
        {
            thread.Join();
        }

        return calls / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
