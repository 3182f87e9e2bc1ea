using System.Runtime.InteropServices;
using Spectre.Console;
using TaskerCore.Orleans.Fleet;

// Two silos and three workers on real Postgres and pgmq, in processes of their own.
//   (no argument)   a live table, until Ctrl-C          --once   plays the scenario, checks it, and ends
var once = args is ["--once"];
if (!once && args.Length > 0)
{
    await Console.Error.WriteLineAsync($"'{string.Join(' ', args)}' is not known; give nothing, or --once.");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
try
{
    await using var fleet = await DemoFleet.StartAsync(AnsiConsole.Console, stop.Token);
    if (once)
    {
        await new Scenario(fleet, AnsiConsole.Console).PlayAsync(stop.Token);
    }
    else
    {
        await new LiveView(fleet, AnsiConsole.Console).ShowAsync(stop.Token);
    }

    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    AnsiConsole.WriteLine("Stopped.");
    return once ? 130 : 0;
}
catch (Exception exception) when (exception is ScenarioFailedException or TimeoutException or InvalidOperationException or IOException
    or Npgsql.NpgsqlException or HttpRequestException or TaskCanceledException)
{
    AnsiConsole.WriteLine();
    AnsiConsole.WriteLine($"FAILED: {exception.Message}");
    return 1;
}

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
