using System.Diagnostics;
using System.Globalization;
using TaskerCore.Orleans.Fleet.Running;

namespace TaskerCore.Orleans.Fleet.Story;

/// <summary>Two acts and the accounts, each step checked.</summary>
internal static class WholeStory
{
    /// <summary>Plays it.</summary>
    /// <exception cref="StoryFailedException">Something was not as promised.</exception>
    public static async Task PlayAsync(DemoFleet fleet, Narrator narrator, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var stage = new Stage(fleet, narrator);
        var (queue, path, accounts) = (new QueueFails(stage), new OnePathFails(stage), new Accounts(stage));
        await queue.PlayAsync(cancellationToken);
        await path.PlayAsync(cancellationToken);
        await accounts.CloseAsync(cancellationToken);
        narrator.Line(string.Empty);
        narrator.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"All of it was seen in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: the circuit opened for all {stage.Openings} times and was closed by probes {stage.Closings} times, one silo took over from another, the workers were alone for {queue.Alone.TotalSeconds:0} s, and of {accounts.Sent} messages none was lost."));
    }
}
