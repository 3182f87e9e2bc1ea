using System.Runtime.InteropServices;
using TaskerCore.Orleans.Fleet.Live;
using TaskerCore.Orleans.Fleet.Running;
using TaskerCore.Orleans.Fleet.Story;
using TaskerCore.Orleans.LocalEnvironment;

// Two silos and three workers on real Postgres and pgmq, in processes of their own.
//   (no argument)   a live table, until q or Ctrl-C          --once   plays the story, checks it, and ends
// The exit code is 0, 1 where something failed, 2 for a wrong argument, and 130 where --once was interrupted.
var once = args is ["--once"];
if (!once && args.Length > 0)
{
    await Console.Error.WriteLineAsync($"'{string.Join(' ', args)}' is not known; give nothing, or --once.");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
var logs = ManagedProcess.LogFolder = Directory.CreateTempSubdirectory("taskercore-demo-").FullName;
var narrator = Narrator.OnConsole();
narrator.Line($"The output of each silo and worker goes to {logs}{(once ? ", which is removed if all goes well." : ", which is kept.")}");
var exitCode = 1;
try
{
    await using var fleet = await DemoFleet.StartAsync(narrator.Line, stop.Token);
    if (once)
    {
        await WholeStory.PlayAsync(fleet, narrator, stop.Token);
    }
    else
    {
        await new LiveView(fleet, TimeProvider.System, logs).ShowAsync(stop.Token);
    }

    exitCode = 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    exitCode = once ? 130 : 0;
}
catch (Exception exception) when (exception is StoryFailedException or TimeoutException or InvalidOperationException or IOException
    or Npgsql.NpgsqlException or HttpRequestException or TaskCanceledException)
{
    Console.WriteLine();
    Console.WriteLine($"FAILED: {exception.Message}");
}

if (once && exitCode == 0)
{
    Directory.Delete(logs, recursive: true);
    narrator.Line("Stopped; nothing is left running.");
}
else
{
    narrator.Line($"Stopped; nothing is left running. The logs are in {logs}");
}

return exitCode;

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
