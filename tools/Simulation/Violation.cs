namespace TaskerCore.Orleans.Simulation;

/// <summary>A promise that was not kept.</summary>
internal sealed class ViolationException(string promise, string what) : Exception($"{promise}: {what}")
{
    /// <summary>Which promise, in short.</summary>
    public string Promise { get; } = promise;
}
