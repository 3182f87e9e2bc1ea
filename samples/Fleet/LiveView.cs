using System.Globalization;
using Spectre.Console;
using TaskerCore.Orleans.Grains.Interfaces;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.Fleet;

/// <summary>The breaker as each worker sees it, four times a second; a line a second where there is no terminal. Keys cut paths and
/// kill silos.</summary>
internal sealed class LiveView(DemoFleet fleet, IAnsiConsole console)
{
    private static readonly TimeSpan TableInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, bool> _cut = [];
    private readonly Dictionary<string, (WorkerNews.Status Status, long At)> _before = [];

    private bool IsTerminal => console.Profile.Capabilities.Interactive && !Console.IsInputRedirected;

    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        console.WriteLine();
        foreach (var silo in fleet.RunningSilos)
        {
            console.WriteLine($"{silo.Process.Name}: {silo.Address}api/breakers, workers at 127.0.0.1:{silo.GatewayPort}");
        }

        console.WriteLine($"From another shell: tasker-breakers watch --server {fleet.RunningSilos[0].Address}");

        if (!IsTerminal)
        {
            await ShowLinesAsync(cancellationToken);
            return;
        }

        using var quit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await console.Live(Draw()).StartAsync(async live =>
        {
            using var pace = new PeriodicTimer(TableInterval);
            while (!quit.IsCancellationRequested && await NextAsync(pace, quit.Token))
            {
                await ObeyKeysAsync(quit);
                live.UpdateTarget(Draw());
            }
        });
    }

    private async Task ShowLinesAsync(CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(LineInterval);
        while (await NextAsync(pace, cancellationToken))
        {
            console.WriteLine(string.Join(" | ", fleet.AllWorkers.Select(worker => string.Join(' ', Cells(worker)))));
        }
    }

    private async Task ObeyKeysAsync(CancellationTokenSource quit)
    {
        while (Console.KeyAvailable)
        {
            switch (Console.ReadKey(intercept: true).KeyChar)
            {
                case var digit when digit - '1' is var index && index >= 0 && index < fleet.AllWorkers.Count:
                    Toggle(fleet.AllWorkers[index]);
                    break;
                case 'k' when fleet.RunningSilos is { Count: > 1 } silos:
                    await silos[0].Process.KillAsync();
                    break;
                case 'q':
                    await quit.CancelAsync();
                    break;
            }
        }
    }

    private void Toggle(WorkerProcess worker)
    {
        var cut = _cut[worker.Process.Name] = !_cut.GetValueOrDefault(worker.Process.Name);
        if (cut)
        {
            worker.Path.Cut();
        }
        else
        {
            worker.Path.Restore();
        }
    }

    private Table Draw()
    {
        var table = new Table().Title("circuit breaker pgmq")
            .Caption($"{fleet.RunningSilos.Count} silos run.  1 2 3: cut or restore a worker's path   k: kill a silo   q: quit");
        foreach (var heading in new[] { "worker", "breaker", "mode", "sent/s", "consumed/s", "failed", "rejected", "path to pgmq" })
        {
            table.AddColumn(heading);
        }

        foreach (var worker in fleet.AllWorkers)
        {
            var cells = Cells(worker);
            cells[1] = $"[{Color(worker.Status?.State)}]{cells[1]}[/]";
            table.AddRow(cells);
        }

        return table;
    }

    private string[] Cells(WorkerProcess worker)
    {
        var name = worker.Process.Name;
        if (worker.Status is not { } now)
        {
            return [name, "-", "-", "-", "-", "-", "-", "-"];
        }

        var at = System.Diagnostics.Stopwatch.GetTimestamp();
        var (then, since) = _before.TryGetValue(name, out var before) ? before : (now, at);
        _before[name] = (now, at);
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(since, at).TotalSeconds;
        return
        [
            name,
            now.State.ToString(),
            now.Mode.ToString(),
            Rate(now.Sent - then.Sent),
            Rate(now.Consumed - then.Consumed),
            now.Failed.ToString(CultureInfo.InvariantCulture),
            now.Rejected.ToString(CultureInfo.InvariantCulture),
            _cut.GetValueOrDefault(name) ? "cut" : "whole",
        ];

        string Rate(long count) => seconds > 0 ? (count / seconds).ToString("0", CultureInfo.InvariantCulture) : "-";
    }

    private static string Color(BreakerState? state) => state switch
    {
        BreakerState.Closed or BreakerState.ForcedClosed => "green",
        BreakerState.HalfOpen => "yellow",
        null => "grey",
        _ => "red",
    };

    private static async Task<bool> NextAsync(PeriodicTimer pace, CancellationToken cancellationToken)
    {
        try
        {
            return await pace.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
