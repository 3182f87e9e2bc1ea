using TaskerCore.Orleans.Silo.Lifecycle;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>The process from its first line to its exit code. However it ends, it ends with one message and without an unhandled exception.</summary>
internal static class SiloProgram
{
    // What is left to release then is memory and sockets, which the process releases by exiting.
    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(5);

    /// <summary>Runs the silo, or asks a running one for its health.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="stop">Cancelled when the process is asked to stop.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        try
        {
            if (HealthProbe.Question(args) is { } question)
            {
                return await HealthProbe.AskAsync(question, SiloHost.Urls(args[1..]), stop) ? ExitCode.Stopped : ExitCode.Failed;
            }

            // On another thread: what it does may block, such as the look-up of a host's name, and a signal must not wait for it.
            var app = await Task.Run(() => SiloHost.Build(args), CancellationToken.None).WaitAsync(stop);
            return await RunAsync(app, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Stopped;
        }
        catch (Exception exception)
        {
            var fault = StartFault.Of(exception);
            await Console.Error.WriteLineAsync(fault.Message);
            return fault.ExitCode;
        }
    }

    private static async Task<int> RunAsync(WebApplication app, CancellationToken stop)
    {
        var readiness = app.Services.GetRequiredService<Readiness>();
        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        try
        {
            await app.StartAsync(stop);
            await using var requested = stop.Register(lifetime.StopApplication);
            await app.WaitForShutdownAsync(CancellationToken.None);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Stopped before it had started, or not within the host's limit.
        }
        finally
        {
            await EndAsync(app);
        }

        return readiness.HasFailed ? ExitCode.Failed : ExitCode.Stopped;
    }

    /// <summary>Stops what has started, and releases it. A second time it does nothing.</summary>
    private static async Task EndAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync().AsTask().WaitAsync(DisposeLimit);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The result stands: what failed is the clean-up, and the other silos notice one that did not leave.
            await Console.Error.WriteLineAsync($"The silo stopped with an error ({exception.GetType().Name}: {StartFault.Line(exception)}).");
        }
    }
}
