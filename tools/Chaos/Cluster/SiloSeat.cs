using System.Net;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Cluster;

/// <summary>A place in the cluster that one silo after the other takes: workers find it at the same gateway, other silos at a new
/// address each time, as with containers behind a name.</summary>
internal sealed class SiloSeat(int number, SiloNetwork network, string postgres, string configurationPath) : IAsyncDisposable
{
    private readonly int _gatewayPort = FreePort.Next();
    private readonly List<SiloProcess> _former = [];
    private bool _isFrozen;

    public string Name => $"silo-{number + 1}";

    /// <summary>Where workers find it.</summary>
    public IPEndPoint Gateway => new(IPAddress.Parse(network.GatewayHostOf(number, _gatewayPort)), _gatewayPort);

    /// <summary>The silo that has it, or had it last.</summary>
    public SiloProcess Silo { get; private set; } = null!;

    /// <summary>Whether its silo runs, as far as anybody can tell from outside.</summary>
    public bool IsUp => !Silo.Process.HasExited && !_isFrozen;

    /// <summary>Starts a silo, without waiting until it is ready.</summary>
    public void Start()
    {
        if (Silo is not null)
        {
            _former.Add(Silo);
        }

        var port = FreePort.Next();
        var (settings, launcher) = network.Place(number, port);
        Silo = SiloProcess.Start(
            $"{Name}.{_former.Count + 1}",
            postgres,
            [("CircuitBreakers:ConfigPath", configurationPath), .. settings],
            _gatewayPort,
            port,
            network.HostOf(number),
            launcher);
    }

    /// <summary>Starts a silo and waits until it serves.</summary>
    public async Task StartReadyAsync(CancellationToken cancellationToken)
    {
        Start();
        await Silo.ReadyAsync(cancellationToken);
    }

    /// <summary>Whether a breaker's authority that is said to be at an address is here.</summary>
    public bool Has(string? authority) =>
        authority is not null && authority.EndsWith(string.Create(System.Globalization.CultureInfo.InvariantCulture, $":{Silo.SiloPort}"), StringComparison.Ordinal);

    public void Freeze()
    {
        _isFrozen = true;
        Silo.Process.Signal("STOP");
    }

    public void Thaw()
    {
        Silo.Process.Signal("CONT");
        _isFrozen = false;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _former)
        {
            await silo.DisposeAsync();
        }

        if (Silo is not null)
        {
            await Silo.DisposeAsync();
        }
    }
}
