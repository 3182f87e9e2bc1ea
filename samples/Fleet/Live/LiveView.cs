using System.Collections.Concurrent;
using System.Globalization;
using TaskerCore.Orleans.Fleet.Running;

namespace TaskerCore.Orleans.Fleet.Live;

/// <summary>The fleet as a table, four times a second; a line a second where there is no terminal. Keys cut paths, and stop and start silos and the
/// queue.</summary>
internal sealed class LiveView(DemoFleet fleet, TimeProvider time, string logFolder)
{
    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);

    private readonly FleetWatcher _watcher = new(fleet, time, logFolder);
    private readonly ConcurrentQueue<char> _keys = new();
    private readonly List<Task> _running = [];
    private bool _queueIsBusy;

    /// <summary>Shows it until <c>q</c> is pressed or the token ends it.</summary>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        using var quit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asking = _watcher.AskWhoDecidesAsync(quit.Token);
        try
        {
            await (Terminal.IsThere ? ShowTableAsync(quit) : ShowLinesAsync(quit.Token));
        }
        finally
        {
            await quit.CancelAsync();
            await EndAsync(Task.WhenAll([asking, .. _running]));
        }
    }

    private async Task ShowTableAsync(CancellationTokenSource quit)
    {
        using var terminal = new Terminal();
        using var pace = new PeriodicTimer(FrameInterval, time);
        Terminal.ReadKeys(_keys.Enqueue);
        do
        {
            while (_keys.TryDequeue(out var key))
            {
                await PressAsync(key, quit);
            }

            var model = _watcher.Look();
            Terminal.Show((width, height) => LiveFrame.Of(model, width, height));
        }
        while (await NextAsync(pace, quit.Token));
    }

    private async Task ShowLinesAsync(CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(LineInterval, time);
        var shown = 0;
        do
        {
            var model = _watcher.Look();
            foreach (var happened in model.Events.Skip(shown))
            {
                Console.WriteLine($"{Clock(happened.At)}  {happened.What}{(happened.Why is { } why ? $": {why}" : string.Empty)}");
            }

            shown = model.Events.Count;
            Console.WriteLine($"{Clock(model.Now)}  {string.Join(" | ", model.Workers.Select(Describe))}");
        }
        while (await NextAsync(pace, cancellationToken));

        static string Clock(DateTimeOffset at) => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

        static string Describe(WorkerRow worker) => string.Create(
            CultureInfo.InvariantCulture,
            $"{worker.Name} {(worker.State is { } state ? Words.Of(state) : "-")} {Words.Of(worker.Mode)} {worker.SentPerSecond:0} sent/s {worker.Failed} failed {worker.Rejected} rejected");
    }

    private async Task PressAsync(char key, CancellationTokenSource quit)
    {
        switch (char.ToLowerInvariant(key))
        {
            case var digit when digit - '1' is var index && index >= 0 && index < fleet.Workers.Count:
                _watcher.Toggle(fleet.Workers[index]);
                break;
            case 'p' when !_queueIsBusy:
                Do(() => ToggleQueueAsync(quit.Token));
                break;
            case 'k':
                Kill();
                break;
            case 's':
                Start(quit.Token);
                break;
            case 'q':
                await quit.CancelAsync();
                break;
        }
    }

    private async Task ToggleQueueAsync(CancellationToken cancellationToken)
    {
        _queueIsBusy = true;
        try
        {
            if (fleet.QueueRuns)
            {
                Note("You stopped pgmq's Postgres");
                await fleet.StopQueueAsync(cancellationToken);
            }
            else
            {
                Note("You started pgmq's Postgres");
                await fleet.StartQueueAsync(cancellationToken);
            }
        }
        finally
        {
            _queueIsBusy = false;
        }
    }

    /// <summary>Kills the silo that decides, where it is known: that is the one whose end is worth seeing.</summary>
    private void Kill()
    {
        var (deciding, running) = (_watcher.Deciding, fleet.RunningSilos);
        if ((deciding ?? (running is [var first, ..] ? first : null)) is not { } silo)
        {
            Note("No silo runs: press s to start one", Ink.Dim);
            return;
        }

        Note($"You killed {silo.Name}{(silo == deciding ? ", which decided" : string.Empty)}");
        Do(silo.KillAsync);
    }

    private void Start(CancellationToken cancellationToken)
    {
        if (fleet.Silos.FirstOrDefault(silo => silo.State == SiloState.Down) is not { } silo)
        {
            Note("Every silo runs, or is starting: press k to kill one", Ink.Dim);
            return;
        }

        Note($"You started {silo.Name}");
        Do(async () =>
        {
            await silo.StartAgainAsync(cancellationToken);
            Note($"{silo.Name} has joined the cluster", Ink.Good);
        });
    }

    private void Note(string what, Ink ink = Ink.Plain) => _watcher.Log.Add(time.GetLocalNow(), what, ink);

    /// <summary>Does something that takes a while while the table is shown. What goes wrong is an event.</summary>
    private void Do(Func<Task> work)
    {
        _running.RemoveAll(task => task.IsCompleted);
        _running.Add(DoAsync());

        async Task DoAsync()
        {
            try
            {
                await work();
            }
            catch (Exception exception) when (exception is InvalidOperationException or TimeoutException or IOException)
            {
                Note(exception.Message.Split('\n')[0], Ink.Bad);
            }
        }
    }

    private static async Task EndAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }

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
