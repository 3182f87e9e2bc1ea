using System.Diagnostics;
using System.Globalization;
using TaskerCore.Orleans.Simulation;
using TaskerCore.Orleans.Simulation.Planting;

// simulate                                            a minute over fresh seeds
// simulate --minutes N [--first S]                    as long as one likes, from seed S on
// simulate --seed S [--workers W --faults F --seconds T]   one run again
// simulate --planted [TEXT]                           in which run each planted defect is found; those with a text in their name
return Command.Run(args);

internal static class Command
{
    public static int Run(string[] args)
    {
        if (args is ["--planted", .. var names])
        {
            return PlantedDefectTable.Print(Console.Out, names) ? 0 : 1;
        }

        var values = new Dictionary<string, string>();
        for (var index = 0; index + 1 < args.Length; index += 2)
        {
            values[args[index].TrimStart('-')] = args[index + 1];
        }

        if (values.TryGetValue("seed", out var seed))
        {
            var options = SimulationOptions.Of(ulong.Parse(seed, CultureInfo.InvariantCulture));
            options = options with
            {
                Workers = Number("workers", options.Workers), Faults = (Fault)Number("faults", (int)options.Faults), Seconds = Number("seconds", options.Seconds),
            };
            return Report(Simulation.Run(options), options) ? 0 : 1;
        }

        var minutes = values.TryGetValue("minutes", out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : 1;
        var first = values.TryGetValue("first", out var given) ? ulong.Parse(given, CultureInfo.InvariantCulture) : (ulong)Stopwatch.GetTimestamp();
        return Campaign.Run(TimeSpan.FromMinutes(minutes), first, Console.Out) is null ? 0 : 1;

        int Number(string name, int otherwise) => values.TryGetValue(name, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
    }

    private static bool Report(SimulationResult result, SimulationOptions options)
    {
        Console.WriteLine($"{options}: {result.Steps} steps, {result.Violation?.Message ?? "every promise kept"}");
        return result.Violation is null;
    }
}
