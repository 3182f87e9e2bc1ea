using System.Diagnostics;

namespace TaskerCore.Orleans.Simulation;

/// <summary>Many runs, one after the other, until the time is over or a promise is broken; that run is then shrunk.</summary>
internal static class Campaign
{
    /// <summary>Runs seeds from <paramref name="firstSeed"/> on.</summary>
    /// <returns>The shrunk options of the run that failed; null when none did.</returns>
    public static SimulationOptions? Run(TimeSpan time, ulong firstSeed, TextWriter output, int mostRuns = int.MaxValue)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var steps = 0L;
        var runs = 0;
        var causes = new SortedDictionary<TransitionCause, int>();
        for (var seed = firstSeed; runs < mostRuns && Stopwatch.GetElapsedTime(startedAt) < time; seed++)
        {
            var options = SimulationOptions.Of(seed);
            var result = Simulation.Run(options);
            runs++;
            steps += result.Steps;
            foreach (var cause in result.Causes)
            {
                causes[cause] = causes.GetValueOrDefault(cause) + 1;
            }

            if (result.Violation is { } violation)
            {
                output.WriteLine($"FAILED in run {runs} from seed {firstSeed}: {options}: {violation.Message}");
                var shrunk = Shrink(options, violation.Promise);
                output.WriteLine($"shrunk to: eng/simulate.sh {shrunk}: {Simulation.Run(shrunk).Violation!.Message}");
                return shrunk;
            }
        }

        var seconds = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        output.WriteLine($"{runs} runs from seed {firstSeed}, {steps} steps, {steps / seconds:0} steps/s; every promise kept");
        output.WriteLine("runs with: " + string.Join(", ", causes.Select(cause => $"{cause.Key} {cause.Value}")));
        return null;
    }

    /// <summary>In which run, from seed 1 on, a promise is broken, and which; null when none is within <paramref name="mostRuns"/>.</summary>
    public static (int Run, string Violation)? FirstViolation(int mostRuns)
    {
        for (var run = 1; run <= mostRuns; run++)
        {
            if (Simulation.Run(SimulationOptions.Of((ulong)run)).Violation is { } violation)
            {
                return (run, violation.Message);
            }
        }

        return null;
    }

    /// <summary>The smallest options under which the same promise is broken: fewer faults, fewer workers, less time.</summary>
    public static SimulationOptions Shrink(SimulationOptions failing, string promise)
    {
        while (Smaller(failing).FirstOrDefault(candidate => Simulation.Run(candidate).Violation?.Promise == promise) is { } smaller)
        {
            failing = smaller;
        }

        return failing;
    }

    private static IEnumerable<SimulationOptions> Smaller(SimulationOptions options)
    {
        foreach (var fault in Enum.GetValues<Fault>().Where(fault => fault is not (Fault.None or Fault.All) && (options.Faults & fault) != 0))
        {
            yield return options with { Faults = options.Faults & ~fault };
        }

        if (options.Workers > 1)
        {
            yield return options with { Workers = 1 };
            yield return options with { Workers = options.Workers - 1 };
        }

        if (options.Seconds > 1)
        {
            yield return options with { Seconds = options.Seconds / 2 };
            yield return options with { Seconds = options.Seconds * 9 / 10 };
        }
    }
}
