namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>Limits that both ends of a worker's session rely on.</summary>
internal static class SessionLimits
{
    /// <summary>How long a worker retries one unanswered report. Then the report is dropped, because an authority that has forgotten the session
    /// would count it a second time (C4).</summary>
    public static readonly TimeSpan ReportRetries = TimeSpan.FromMinutes(30);
}
