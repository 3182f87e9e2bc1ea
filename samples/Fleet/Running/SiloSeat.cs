using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Fleet.Running;

/// <summary>What a silo's process does.</summary>
internal enum SiloState
{
    /// <summary>It has not answered yet.</summary>
    Starting = 0,

    /// <summary>It serves.</summary>
    Running = 1,

    /// <summary>It was killed, or has ended.</summary>
    Down = 2,
}

/// <summary>The place of a silo: a name and ports that stay, and a process that may be killed and started again. Workers know the ports.</summary>
internal sealed class SiloSeat : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly string _cluster;
    private readonly List<SiloProcess> _former = [];
    private SiloProcess _silo;
    private volatile bool _isReady;

    /// <summary>Starts the first silo of the place.</summary>
    /// <param name="name">The silo's name.</param>
    /// <param name="cluster">The connection string of the cluster's database.</param>
    public SiloSeat(string name, string cluster)
    {
        (Name, _cluster) = (name, cluster);
        _silo = Launch(null);
    }

    /// <summary>The silo's name.</summary>
    public string Name { get; }

    /// <summary>The silo's process, the last one where it was started again.</summary>
    public SiloProcess Silo => _silo;

    /// <summary>What the process does.</summary>
    public SiloState State => _silo.Process.HasExited ? SiloState.Down : _isReady ? SiloState.Running : SiloState.Starting;

    /// <summary>How other silos, and the HTTP API, name the silo.</summary>
    public string Address => $"127.0.0.1:{_silo.SiloPort}";

    /// <summary>Waits until the silo serves.</summary>
    /// <exception cref="InvalidOperationException">It ended; the message has its last lines.</exception>
    /// <exception cref="TimeoutException">It did not serve in time; the message has its last lines.</exception>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        await _silo.ReadyAsync(cancellationToken);
        _isReady = true;
    }

    /// <summary>Kills the silo as kill -9 does.</summary>
    public async Task KillAsync()
    {
        _isReady = false;
        await _silo.Process.KillAsync();
    }

    /// <summary>Starts a silo where one was killed, and waits until it serves.</summary>
    /// <inheritdoc cref="ReadyAsync" path="/exception"/>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        _former.Add(_silo);
        _silo = Launch(_silo);
        await ReadyAsync(cancellationToken);
    }

    /// <summary>Asks the silo to stop, and waits until it has.</summary>
    public Task StopAsync() => _silo.Process.StopAsync(Grace);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _former.Append(_silo))
        {
            await silo.DisposeAsync();
        }
    }

    private SiloProcess Launch(SiloProcess? before) => SiloProcess.Start(
        Name,
        _cluster,
        [("CircuitBreakers:ConfigPath", Repository.Path("samples", "Fleet", "circuit_breakers.yaml"))],
        before?.GatewayPort,
        before?.SiloPort);
}
