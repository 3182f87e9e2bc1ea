using System.Diagnostics;

namespace TaskerCore.Orleans.Fleet.Story;

/// <summary>Act two: the path of one worker to the queue is cut, and the others' are whole. The failures of that worker open the circuit for all, and it
/// closes by probes once the path is restored.</summary>
internal sealed class OnePathFails(Stage stage)
{
    /// <summary>Plays the act.</summary>
    /// <exception cref="StoryFailedException">Something was not as promised.</exception>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        stage.Narrator.Act("Act two: the path of one worker fails");
        await PathIsCutAsync(cancellationToken);
        await PathIsRestoredAsync(cancellationToken);
    }

    private async Task PathIsCutAsync(CancellationToken cancellationToken)
    {
        var victim = stage.Fleet.Workers[0];
        stage.Narrator.Step($"The path of {victim.Process.Name} to pgmq is cut; the paths of the others are whole");
        var failed = stage.Fleet.Workers.Select(worker => worker.Status!.Failed).ToList();
        var before = (await stage.HistoryAsync(cancellationToken)).Count;
        var cut = Stopwatch.GetTimestamp();
        victim.Path.Cut();
        await stage.OpensForAllAsync(cut, [victim], before, cancellationToken);
        foreach (var (healthy, then) in stage.Fleet.Workers.Zip(failed).Skip(1))
        {
            Stage.Check(healthy.Status!.Failed == then, $"{healthy.Process.Name} had failures of its own: {healthy.Status}");
        }

        stage.Narrator.Say("The others had no failure of their own: a shared breaker takes one worker's failures as the component's.");
    }

    private async Task PathIsRestoredAsync(CancellationToken cancellationToken)
    {
        var victim = stage.Fleet.Workers[0];
        stage.Narrator.Step($"The path of {victim.Process.Name} is restored");
        await stage.UntilOpenForLongAsync(cancellationToken);
        var before = (await stage.HistoryAsync(cancellationToken)).Count;
        victim.Path.Restore();
        await stage.ClosesByProbesAsync(Stopwatch.GetTimestamp(), before, cancellationToken);
    }
}
