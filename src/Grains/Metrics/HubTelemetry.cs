namespace TaskerCore.Orleans.Grains.Metrics;

/// <summary>What one hub's grain tells those who watch, in its turns; read on any thread.</summary>
internal sealed class HubTelemetry(SiloMetrics silo) : IDisposable
{
    private volatile int _workers;

    /// <summary>Workers that it serves.</summary>
    public int Workers
    {
        get => _workers;
        set => _workers = value;
    }

    public void Dispose() => silo.Forget(this);
}
