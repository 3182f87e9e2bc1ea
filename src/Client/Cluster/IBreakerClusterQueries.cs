namespace TaskerCore.Orleans.Client;

/// <summary>Questions about the whole cluster's breakers. They never change a breaker and never create one (S13).</summary>
/// <remarks>Safe to use from any number of threads. Each is a remote call, and is repeated for up to 8 s while calls fail, so that a silo's end does
/// not show; while no silo answers they throw <see cref="ClusterUnavailableException"/>, at once when none was ever reached.</remarks>
public interface IBreakerClusterQueries
{
    /// <summary>The breakers, by name; configured ones that were never used too.</summary>
    Task<IReadOnlyList<BreakerDetails>> ListAsync(BreakerFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>One breaker; null when there is none of that name.</summary>
    Task<BreakerDetails?> GetAsync(string component, CancellationToken cancellationToken = default);

    /// <summary>A breaker's last 100 transitions, oldest first; null when there is none of that name. <see cref="HistoryGaps.Find"/> says where
    /// transitions that were lost with a silo are missing.</summary>
    Task<IReadOnlyList<BreakerTransition>?> GetHistoryAsync(string component, CancellationToken cancellationToken = default);

    /// <summary>How many breakers are in which state, and the health score.</summary>
    Task<ClusterHealth> GetHealthAsync(CancellationToken cancellationToken = default);
}

/// <summary>An operator's commands: cluster-wide, persisted, in effect at once (S10).</summary>
/// <remarks>Safe to use from any number of threads. While no silo answers they throw <see cref="ClusterUnavailableException"/>.</remarks>
public interface IBreakerClusterCommands
{
    /// <summary>Sends a command to the breaker of a component. A forcing command creates the breaker if it may exist (S19), unless
    /// <see cref="OperatorCommand.MustExist"/> is set: set it where a person typed the name. A release or a reset creates nothing.
    /// <see cref="CommandAnswer.Status"/> says whether anything changed.</summary>
    /// <exception cref="ArgumentException">The name or the command is not valid; the message says what is allowed.</exception>
    /// <exception cref="UnauthorizedAccessException">The cluster takes no commands from workers (<c>Silo:CommandsFromWorkers</c>).</exception>
    Task<CommandAnswer> CommandAsync(string component, OperatorCommand command, CancellationToken cancellationToken = default);
}
