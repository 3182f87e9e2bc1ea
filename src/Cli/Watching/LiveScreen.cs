using System.Text;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Watching;

/// <summary>The live table on a terminal: drawn anew at each look, each key and each second, until a key or a signal ends it. The screen is
/// given back however it ends.</summary>
internal sealed class LiveScreen(CliHost host, SiloApi api)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly WatchView _view = new();
    private readonly long _start = host.Time.GetTimestamp();

    public async Task ShowAsync(IAsyncEnumerable<Look> looks, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var each = looks.GetAsyncEnumerator(ended.Token);

        // A fault of the first look is told on a screen that is left as it is.
        await each.MoveNextAsync();
        _view.Update(each.Current, Elapsed);
        using var terminal = host.OpenTerminal();
        try
        {
            terminal.Enter(host.Output);
            await RunAsync(terminal, each, ended);
        }
        finally
        {
            Leave(terminal);
        }
    }

    private TimeSpan Elapsed => host.Time.GetElapsedTime(_start);

    private async Task RunAsync(ITerminal terminal, IAsyncEnumerator<Look> looks, CancellationTokenSource ended)
    {
        using var timer = new PeriodicTimer(Tick, host.Time);
        var look = looks.MoveNextAsync().AsTask();
        var happened = terminal.Events.WaitToReadAsync(ended.Token).AsTask();
        var tick = timer.WaitForNextTickAsync(ended.Token).AsTask();
        try
        {
            while (true)
            {
                Draw(terminal);
                await Task.WhenAny(look, happened, tick);
                if (look.IsCompleted)
                {
                    await look;
                    _view.Update(looks.Current, Elapsed);
                    look = looks.MoveNextAsync().AsTask();
                }

                if (happened.IsCompleted)
                {
                    await happened;
                    if (IsEndedBy(terminal))
                    {
                        return;
                    }

                    happened = terminal.Events.WaitToReadAsync(ended.Token).AsTask();
                }

                if (tick.IsCompleted)
                {
                    await tick;
                    tick = timer.WaitForNextTickAsync(ended.Token).AsTask();
                }
            }
        }
        finally
        {
            // The look that is under way must have ended before its source can be let go of.
            await ended.CancelAsync();
            await Task.WhenAll((Task)look, happened, tick).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsEndedBy(ITerminal terminal)
    {
        while (terminal.Events.TryRead(out var what))
        {
            if (what is MustEnd || (what is KeyPressed { Key: var key } && _view.Press(key)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One write, so that nothing flickers; each line is ended where it ends, and none scrolls.</summary>
    private void Draw(ITerminal terminal)
    {
        var (width, height) = terminal.Size;
        var lines = new WatchFrame(_view, api.Url, host.Time.GetUtcNow(), width, height).Draw();
        var text = new StringBuilder("\e[H");
        foreach (var (index, line) in lines.Take(height).Index())
        {
            text.Append(index == 0 ? string.Empty : "\r\n").Append(line.Render(width, host.HasColor)).Append("\e[K");
        }

        terminal.Show(host.Output, text.Append("\e[J").ToString());
    }

    private void Leave(ITerminal terminal)
    {
        try
        {
            terminal.Leave(host.Output);
        }
        catch (IOException)
        {
            // The terminal is gone: there is no screen to give back, and what ended the program is told by what is thrown already.
        }
    }
}
