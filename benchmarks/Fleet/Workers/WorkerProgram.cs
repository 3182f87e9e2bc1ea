using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>A task that a process of workers is given, and what came of it.</summary>
internal delegate Task<object?> WorkerTask(WorkerFleet fleet, JsonNode? with);

/// <summary>A process of workers: the program's first argument is <see cref="Command"/>. It reads a task a line, does them one after the
/// other, and answers each with a line.</summary>
internal static class WorkerProgram
{
    public const string Command = "workers";

    public static async Task RunAsync(string[] args)
    {
        await using var fleet = await WorkerFleet.StartAsync(int.Parse(args[0], CultureInfo.InvariantCulture), args[1..]);
        Say(new { ready = true });

        // Not Console.In: its asynchronous reads block.
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is { } line)
        {
            var asked = JsonNode.Parse(line)!;
            var name = asked["do"]!.GetValue<string>();
            try
            {
                Say(new { result = await WorkerTasks.All[name](fleet, asked["with"]) });
            }
            catch (Exception exception)
            {
                Say(new { error = $"{name}: {exception}" });
            }
        }
    }

    private static void Say(object what) => Console.Out.WriteLine(JsonSerializer.Serialize(what));
}
