using System.Net;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Cluster;

/// <summary>Where silos live, and whether they can reach each other.</summary>
internal abstract class SiloNetwork : IAsyncDisposable
{
    /// <summary>What the report calls it.</summary>
    public abstract string Name { get; }

    /// <summary>The address at which a seat's API is reached.</summary>
    public virtual string HostOf(int seat) => "127.0.0.1";

    /// <summary>The address at which workers reach a seat's gateway. It must be the silo's own: a gateway passes on what is addressed
    /// to another.</summary>
    public virtual string GatewayHostOf(int seat, int gatewayPort) => HostOf(seat);

    /// <summary>The address and port at which the silos reach Postgres.</summary>
    public virtual (string Host, int Port) PostgresFor(int port) => ("127.0.0.1", port);

    /// <summary>What the silo of a seat is told of it, and the command that puts it there.</summary>
    public virtual (IReadOnlyList<(string Key, string Value)> Settings, IReadOnlyList<string>? Launcher) Place(int seat, int siloPort) => ([], null);

    /// <summary>No silo reaches another; each still reaches Postgres, and workers reach each.</summary>
    public abstract void Split();

    public abstract void Heal();

    /// <summary>A worker reaches no silo.</summary>
    public virtual void CutOff(LoadWorkerProcess worker) => throw new NotSupportedException("Plan the scenario with HasGatewayPaths.");

    /// <summary>Every worker reaches every silo.</summary>
    public virtual void RestoreWorkers()
    {
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A network that can be split: real namespaces where this process may make them, else proxies.</summary>
    public static async Task<SiloNetwork> SplittableAsync(int seats) =>
        await NamespaceNetwork.TryMakeAsync(seats) is { } namespaces ? namespaces : new ProxyNetwork(seats);
}

/// <summary>All on loopback, never split.</summary>
internal sealed class LoopbackNetwork : SiloNetwork
{
    public override string Name => "loopback";

    public override void Split() => throw new NotSupportedException("Plan the scenario with CanSplit.");

    public override void Heal()
    {
    }
}

/// <summary>Each silo listens on loopback and is reached by others through a proxy at an address of its own.</summary>
internal sealed class ProxyNetwork(int seats) : SiloNetwork
{
    private readonly TcpProxy?[] _proxies = new TcpProxy?[seats];
    private readonly TcpProxy?[] _gateways = new TcpProxy?[seats];
    private readonly List<TcpProxy> _former = [];
    private bool _isSplit;

    public override string Name => "proxies between the silos";

    public override string GatewayHostOf(int seat, int gatewayPort)
    {
        _gateways[seat] ??= new TcpProxy(
            new IPEndPoint(IPAddress.Loopback, gatewayPort), new IPEndPoint(IPAddress.Parse(AdvertisedOf(seat)), gatewayPort));
        return AdvertisedOf(seat);
    }

    public override (IReadOnlyList<(string Key, string Value)> Settings, IReadOnlyList<string>? Launcher) Place(int seat, int siloPort)
    {
        if (_proxies[seat] is { } former)
        {
            _former.Add(former);
        }

        var advertised = AdvertisedOf(seat);
        var proxy = _proxies[seat] = new TcpProxy(
            new IPEndPoint(IPAddress.Loopback, siloPort), new IPEndPoint(IPAddress.Parse(advertised), siloPort));
        if (_isSplit)
        {
            proxy.Stall();
        }

        return ([("Silo:AdvertisedAddress", advertised)], null);
    }

    public override void Split()
    {
        _isSplit = true;
        foreach (var proxy in _proxies)
        {
            proxy?.Stall();
        }
    }

    public override void Heal()
    {
        _isSplit = false;
        foreach (var proxy in _proxies)
        {
            proxy?.Restore();
        }
    }

    public override void CutOff(LoadWorkerProcess worker)
    {
        foreach (var gateway in _gateways)
        {
            gateway?.CutFor(from => SocketOwner.Is(worker.Process.Id, from));
        }
    }

    public override void RestoreWorkers()
    {
        foreach (var gateway in _gateways)
        {
            gateway?.Restore();
        }
    }

    private static string AdvertisedOf(int seat) => $"127.0.0.{seat + 101}";

    public override async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies.Concat(_gateways).OfType<TcpProxy>().Concat(_former))
        {
            await proxy.DisposeAsync();
        }

        await base.DisposeAsync();
    }
}
