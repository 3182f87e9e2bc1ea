using Orleans.Runtime;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>Ends the process when Orleans finds that this silo must not go on, mostly because the others have declared it dead while it hung or was cut off.
/// Orleans' own handler aborts the process, with a stack trace and a core dump.</summary>
/// <remarks>It ends at once: a silo that is dead for the others must not serve workers while it stops at leisure.</remarks>
/// <param name="loggers">Where the reason goes; it is disposed, so that the line is written before the process is gone.</param>
/// <param name="exit">Ends the process with an exit code.</param>
/// <param name="stopping">Cancelled when the process was asked to stop: then it stops as it was about to, and its exit code is that of a stop.</param>
internal sealed partial class FatalEnd(ILoggerFactory loggers, Action<int> exit, CancellationToken stopping) : IFatalErrorHandler
{
    private readonly ILogger _logger = loggers.CreateLogger<FatalEnd>();
    private int _hasEnded;

    public bool IsUnexpected(Exception exception) => exception is not OperationCanceledException;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        if (stopping.IsCancellationRequested)
        {
            return;
        }

        LogEnds(context is null || exception is null ? context ?? "no reason given" : $"{context}: {StartFault.Line(exception)}");
        if (exception is not null)
        {
            LogTrace(exception);
        }

        loggers.Dispose();
        exit(ExitCode.Failed);
    }

    [LoggerMessage(EventIds.FatalEndEnds, LogLevel.Critical, "The silo stopped and must be restarted: {Reason}")]
    private partial void LogEnds(string reason);

    [LoggerMessage(EventIds.FatalEndTrace, LogLevel.Debug, "Details of the silo's stop")]
    private partial void LogTrace(Exception exception);
}
