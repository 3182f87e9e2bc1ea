using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans.Grains.Authority;

/// <summary>The row of one breaker. Its JSON is a contract with every later version: add, never rename or reuse.</summary>
internal sealed record StoredBreaker
{
    /// <summary>The version of this shape. 1 had numbers for states, and their times as a list: it is still read.</summary>
    public int Format { get; init; } = 2;

    /// <summary>The activation that wrote it: a row with our own incarnation after a failed write is our own write (C6).</summary>
    public Guid Writer { get; init; }

    /// <summary>What of the machine outlives its activation.</summary>
    public MachineState Machine { get; init; } = new();

    /// <summary>What was last counted of each session, in the same write as the totals that counted it (C4).</summary>
    public ImmutableArray<StoredSession> Sessions { get; init; } = [];
}

/// <summary>The last numbers of one worker's session.</summary>
internal sealed record StoredSession
{
    public Guid Id { get; init; }

    public long Report { get; init; }

    public long Permit { get; init; }
}
