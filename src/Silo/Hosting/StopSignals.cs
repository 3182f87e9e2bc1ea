using System.Runtime.InteropServices;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>The signals that ask the process to stop, from its first statement to its last. The host's own handlers cover neither the time before it is built
/// nor the time after it is disposed, and a signal that nobody handles ends the process by the system's default.</summary>
internal static class StopSignals
{
    private static readonly PosixSignal[] Handled = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];

    // Never disposed, and held so that they are not collected: the last signal may arrive while the process exits.
    private static PosixSignalRegistration[] _registrations = [];

    /// <summary>Takes the signals over.</summary>
    /// <returns>A token that the first signal cancels; those that follow change nothing.</returns>
    public static CancellationToken Register()
    {
        var stop = new CancellationTokenSource();
        _registrations = [.. Handled.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        }))];
        return stop.Token;
    }
}
