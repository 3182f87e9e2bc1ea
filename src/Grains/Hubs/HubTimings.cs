namespace TaskerCore.Orleans.Grains.Hubs;

/// <summary>How often a hub speaks to authorities, and how long it remembers workers.</summary>
internal static class HubTimings
{
    /// <summary>A breaker that is not closed is called this often: that wakes a dead authority (S4).</summary>
    public static readonly TimeSpan NotClosed = TimeSpan.FromSeconds(2);

    /// <summary>A closed one only now and then: its authority tells by itself what changes.</summary>
    public static readonly TimeSpan Closed = TimeSpan.FromSeconds(120);

    /// <summary>A refused one: settings may have changed.</summary>
    public static readonly TimeSpan Refused = TimeSpan.FromSeconds(10);

    /// <summary>How long a changed number of workers waits for more changes.</summary>
    public static readonly TimeSpan Recount = TimeSpan.FromMilliseconds(500);

    /// <summary>When silos came or went, authorities are called one after the other at this distance.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(2);

    public static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(2);

    /// <summary>Renewals that a worker may miss before it is forgotten.</summary>
    public const int MissedRenewals = 5;

    /// <summary>The longest renewal interval that a worker is believed.</summary>
    public static readonly TimeSpan LongestRenewal = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan LeastMemory = TimeSpan.FromSeconds(10);
}
