namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>How the process ends; <c>docs/operating.md</c> lists what leads to each.</summary>
internal static class ExitCode
{
    /// <summary>It was asked to stop, at whatever moment; or a health check succeeded.</summary>
    public const int Stopped = 0;

    /// <summary>It cannot run, or cannot go on; or a health check failed.</summary>
    public const int Failed = 1;

    /// <summary>A setting, or a file that a setting names, must be changed first.</summary>
    public const int Misconfigured = 2;
}
