using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Fleet.Running;

namespace TaskerCore.Orleans.Fleet.Live;

/// <summary>A silo, as the table shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">What its process does.</param>
/// <param name="Decides">Whether it holds the breaker of the queue.</param>
/// <param name="Gateway">Where workers connect.</param>
/// <param name="Api">Where its HTTP API is.</param>
internal sealed record SiloRow(string Name, SiloState State, bool Decides, string Gateway, string Api);

/// <summary>A worker, as the table shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">The breaker's state as the worker sees it; null before the worker has reported.</param>
/// <param name="Mode">Who decides for the worker.</param>
/// <param name="ProbesIn">The time until an open circuit probes; null where it does not.</param>
/// <param name="Generation">The number of the breaker's generation.</param>
/// <param name="SentPerSecond">Messages sent per second, over the last second.</param>
/// <param name="ReadPerSecond">Messages read per second, over the last second.</param>
/// <param name="Failed">Failed calls so far.</param>
/// <param name="Rejected">Rejected calls so far.</param>
/// <param name="PathIsCut">Whether the worker's path to the queue is cut.</param>
internal sealed record WorkerRow(
    string Name,
    BreakerState? State,
    BreakerMode Mode,
    TimeSpan? ProbesIn,
    long Generation,
    double SentPerSecond,
    double ReadPerSecond,
    long Failed,
    long Rejected,
    bool PathIsCut);

/// <summary>Something that happened.</summary>
/// <param name="At">When, by the clock of this machine.</param>
/// <param name="What">What happened, as a clause.</param>
/// <param name="Why">The error behind it, as a worker reported it; null where there is none.</param>
/// <param name="Ink">How it looks.</param>
internal sealed record FleetEvent(DateTimeOffset At, string What, string? Why, Ink Ink);

/// <summary>All that a frame shows.</summary>
/// <param name="Now">The clock of this machine.</param>
/// <param name="QueueRuns">Whether the server with pgmq runs.</param>
/// <param name="Silos">The silos.</param>
/// <param name="Workers">The workers.</param>
/// <param name="Events">What happened, the oldest first.</param>
/// <param name="LogFolder">Where the output of the processes is.</param>
internal sealed record LiveModel(
    DateTimeOffset Now,
    bool QueueRuns,
    IReadOnlyList<SiloRow> Silos,
    IReadOnlyList<WorkerRow> Workers,
    IReadOnlyList<FleetEvent> Events,
    string LogFolder);
