using TaskerCore.Orleans.Client.HotPath;

namespace TaskerCore.Orleans.Client.Metrics;

/// <summary>What is measured of a breaker. Safe to read on any thread; reading changes nothing (S13).</summary>
internal interface IMeasuredBreaker
{
    string Component { get; }

    /// <summary>What holds now.</summary>
    MirrorView View { get; }

    /// <summary>What this worker's calls came to since its start.</summary>
    CallCounts Calls { get; }
}
