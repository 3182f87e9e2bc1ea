using System.Diagnostics;
using System.Globalization;
using TaskerCore.Orleans.Chaos.Cluster;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>Faults of every kind, drawn from a seed, often two at a time, on one cluster for as long as asked. After each round all must
/// agree and be closed again; at the end no message may be lost.</summary>
internal sealed class Mix(int seed, TimeSpan duration) : Scenario
{
    private const double SecondFaultShare = 0.5;
    private const double LongestHoldSeconds = 8;

    public override int Number => 15;

    public override string Name => $"a mix of faults for {duration.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture)} min, --seed {seed}";

    public override string? CountersMayBeLost => "silos and workers were killed";

    public override ClusterPlan Plan(bool isShort) => new() { HasGatewayPaths = true, CanSplit = true, TimeoutSeconds = 3 };

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var began = Stage.Now;
        var longest = TimeSpan.Zero;
        var rounds = 0;
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            rounds++;
            await PlayRoundAsync(stage, random, rounds, cancellationToken);
            longest = stage.Report.AllAgreeAfter > longest ? stage.Report.AllAgreeAfter.Value : longest;
        }

        stage.Report.AllAgreeAfter = longest;
        stage.Report.Note($"{rounds} rounds; the time until all agree is the longest of them");
    }

    private static async Task PlayRoundAsync(Stage stage, Random random, int round, CancellationToken cancellationToken)
    {
        // All draws of a round before it is played: what happens in it must not move the next one's.
        var (first, second) = (Fault.Draw(stage.Cluster, random), Fault.Draw(stage.Cluster, random));
        var (both, firstEndsFirst) = (random.NextDouble() < SecondFaultShare && first.Target != second.Target, random.NextDouble() < 0.5);
        var holds = Enumerable.Range(0, 3).Select(_ => TimeSpan.FromSeconds(0.2 + (random.NextDouble() * LongestHoldSeconds / (both ? 2 : 1)))).ToList();
        var names = both ? $"{first.Name}, then {second.Name}" : first.Name;
        stage.Say($"round {round}: {names}");
        try
        {
            await first.BeginAsync();
            await Task.Delay(holds[0], cancellationToken);
            if (both)
            {
                await second.BeginAsync();
                await Task.Delay(holds[1], cancellationToken);
            }

            foreach (var (fault, hold) in both ? [((firstEndsFirst ? first : second), holds[2]), (firstEndsFirst ? second : first, TimeSpan.Zero)] : new[] { (first, TimeSpan.Zero) })
            {
                await fault.EndAsync();
                await Task.Delay(hold, cancellationToken);
            }

            var ended = Stage.Now;
            await RestartEndedAsync(stage, cancellationToken);
            await stage.AgreeAsync(ended, cancellationToken);
            await stage.HealthyAsync(cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"In round {round} ({names}): {late.Message}", late);
        }
    }

    /// <summary>Does what a supervisor of processes does: a silo that has ended is started again, also one that ends a moment later,
    /// because it learns only now that it was declared dead.</summary>
    private static async Task RestartEndedAsync(Stage stage, CancellationToken cancellationToken)
    {
        var verdict = TimeSpan.FromSeconds(3);
        var since = Stage.Now;
        do
        {
            await Task.WhenAll(stage.Cluster.Seats.Where(seat => seat.Silo.Process.HasExited).Select(seat => seat.StartReadyAsync(cancellationToken)));
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
        while (Stopwatch.GetElapsedTime(since) < verdict);
    }
}
