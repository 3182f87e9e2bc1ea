namespace TaskerCore.Orleans.Client.HotPath;

/// <summary>What a handle needs of its breaker's mirror. Safe for any number of threads.</summary>
internal interface IBreakerMirror
{
    TimeProvider Time { get; }

    /// <summary>What holds now: a volatile read.</summary>
    MirrorView View { get; }

    /// <summary>Asks for a probe permit; null: there is none, and <see cref="View"/> says why.</summary>
    ValueTask<HeldPermit?> AcquireProbeAsync(CancellationToken cancellationToken);

    /// <summary>Gives a permit back with what became of it. Exactly once per permit.</summary>
    void SettleProbe(HeldPermit permit, ProbeResult result, TimeSpan? duration, bool slow);

    /// <summary>Completes when <see cref="View"/> is no longer <paramref name="view"/>.</summary>
    Task ChangedSince(MirrorView view);
}

/// <summary>A permit in this worker's hands.</summary>
/// <param name="Permit">The permit.</param>
/// <param name="Local">Whether this worker gave it to itself (C8).</param>
internal sealed record HeldPermit(ProbePermit Permit, bool Local)
{
    private int _isEnded;

    /// <summary>Returns true the first time, then false: a caller of the public API may settle a permit twice.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _isEnded, 1) == 0;
}
