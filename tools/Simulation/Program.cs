using System.CommandLine;
using System.Diagnostics;
using TaskerCore.Orleans.Simulation;
using TaskerCore.Orleans.Simulation.Planting;

var minutes = new Option<double>("--minutes") { Description = "How long to play fresh seeds", HelpName = "N", DefaultValueFactory = _ => 1 };
var first = new Option<ulong?>("--first") { Description = "The first of the fresh seeds; by default another one at each start", HelpName = "S" };
var seed = new Option<ulong?>("--seed") { Description = "Play the one run of this seed", HelpName = "S" };
var workers = new Option<int?>("--workers") { Description = "Workers of that run; by default the seed decides", HelpName = "W" };
var faults = new Option<int?>("--faults") { Description = "Faults of that run, as a sum of bits; by default the seed decides", HelpName = "F" };
var seconds = new Option<int?>("--seconds") { Description = "Simulated seconds with faults in that run; by default the seed decides", HelpName = "T" };
var planted = new Option<string[]?>("--planted")
{
    Description = "Find each planted defect, or those with a text in their name",
    HelpName = "TEXT",
    Arity = ArgumentArity.ZeroOrMore,
    AllowMultipleArgumentsPerToken = true,
};
var root = new RootCommand("Plays the protocol in a hostile world that a seed decides.") { minutes, first, seed, workers, faults, seconds, planted };
root.SetAction(parsed =>
    (parsed.GetResult(planted) is not null ? PlantedDefectTable.Print(Console.Out, parsed.GetValue(planted) ?? [])
    : parsed.GetValue(seed) is { } one ? PlayOne(Options(parsed, SimulationOptions.Of(one)))
    : PlayMany(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(first) ?? (ulong)Stopwatch.GetTimestamp())) ? 0 : 1);
return root.Parse(args).Invoke(new() { EnableDefaultExceptionHandler = false });

SimulationOptions Options(ParseResult parsed, SimulationOptions ofSeed) => ofSeed with
{
    Workers = parsed.GetValue(workers) ?? ofSeed.Workers,
    Faults = (Fault?)parsed.GetValue(faults) ?? ofSeed.Faults,
    Seconds = parsed.GetValue(seconds) ?? ofSeed.Seconds,
};

static bool PlayOne(SimulationOptions options)
{
    var result = Simulation.Run(options);
    Console.WriteLine($"{options}: {result.Steps} steps, {result.Violation?.Message ?? "every promise kept"}");
    return result.Violation is null;
}

static bool PlayMany(TimeSpan time, ulong first) => Campaign.Run(time, first, Console.Out) is null;
