using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Edge;

/// <summary>Who may call what. A worker may report and ask, and command where that is allowed; what silos say to each other is heard with
/// their pass alone. Checked in the methods that it is about: a filter would cost every report, and could only read who the caller says
/// it is.</summary>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed partial class CallGuard(SiloPass pass, bool commandsFromWorkers, ILogger<CallGuard> logger)
{
    /// <summary>This silo's own.</summary>
    public SiloPass Pass => pass;

    /// <summary>Whether the caller is a silo of this cluster.</summary>
    public bool IsSilo(SiloPass? shown) => pass.Matches(shown);

    /// <summary>Of a method that is for silos alone.</summary>
    /// <exception cref="UnauthorizedAccessException">The caller shows no pass of this cluster's silos.</exception>
    public void ThrowUnlessSilo(SiloPass? shown, [CallerMemberName] string method = "")
    {
        if (!pass.Matches(shown))
        {
            LogRefused(method);
            throw new UnauthorizedAccessException($"{method} may be called by the cluster's silos only.");
        }
    }

    /// <summary>Of an operator's command.</summary>
    /// <exception cref="UnauthorizedAccessException">It comes from a worker, and this cluster takes none from workers.</exception>
    public void ThrowUnlessMayCommand(SiloPass? shown)
    {
        if (!commandsFromWorkers && !pass.Matches(shown))
        {
            LogCommandRefused();
            throw new UnauthorizedAccessException(
                "This cluster does not accept commands from workers (CommandsFromWorkers is false). Send the command to a silo's HTTP API.");
        }
    }

    [LoggerMessage(EventIds.GuardRefused, LogLevel.Warning,
        "Refused {Method}: the caller has no valid silo pass. It is an untrusted client at the gateway, or a silo with a different SnapshotKey")]
    private partial void LogRefused(string method);

    [LoggerMessage(EventIds.GuardCommandRefused, LogLevel.Warning, "Refused a command from a worker: CommandsFromWorkers is false")]
    private partial void LogCommandRefused();
}
