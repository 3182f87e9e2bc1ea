using Spectre.Console;
using Spectre.Console.Rendering;
using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Server;

namespace TaskerCore.Orleans.Cli.Watching;

/// <summary>A table that is drawn anew at each look: what needs attention first. While no silo answers, what was seen last.</summary>
internal sealed class LiveTable(IAnsiConsole console, Uri server, TimeProvider time)
{
    private IReadOnlyList<Breaker> _seen = [];

    public async Task ShowAsync(IAsyncEnumerable<Look> looks)
    {
        await using var each = looks.GetAsyncEnumerator();
        await each.MoveNextAsync();
        await console.Live(Draw(each.Current)).Cropping(VerticalOverflowCropping.Bottom).StartAsync(async live =>
        {
            live.Refresh();
            while (await each.MoveNextAsync())
            {
                live.UpdateTarget(Draw(each.Current));
            }
        });
    }

    private Rows Draw(Look look)
    {
        _seen = look.Fault is null ? look.Breakers : _seen;
        var now = time.GetUtcNow();
        var ordered = _seen.OrderBy(breaker => Array.IndexOf(ByUrgency, breaker.State)).ThenBy(breaker => breaker.Name, StringComparer.Ordinal);
        IRenderable caption = look.Fault is null
            ? new Text($"{server} at {Shown.Instant(now)}. Ctrl-C ends.", new Style(Color.Grey))
            : new Text(Shown.Line($"{look.Fault} Shown is what was seen last."), new Style(Color.Red));
        return new Rows(Tables.Breakers(ordered, now, console.Profile.Width), caption);
    }

    private static string[] ByUrgency { get; } =
        [BreakerStates.Open, BreakerStates.ForcedOpen, BreakerStates.HalfOpen, BreakerStates.ForcedClosed, BreakerStates.Closed];
}
