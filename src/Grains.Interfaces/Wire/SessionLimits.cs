namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>What both ends of a worker's session rely on.</summary>
internal static class SessionLimits
{
    /// <summary>How long a worker goes on sending one report that is not answered; then it is dropped, lest an authority that has
    /// forgotten the session meanwhile counts it a second time (C4).</summary>
    public static readonly TimeSpan ReportRetries = TimeSpan.FromMinutes(30);
}
