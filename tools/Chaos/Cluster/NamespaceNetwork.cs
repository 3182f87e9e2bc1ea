using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Cluster;

/// <summary>A network namespace for each silo, joined by a bridge that lives in one of its own; a split isolates the bridge's ports from
/// each other, and packets are lost without a word. Needs root. A namespace lives as long as the process that holds it.</summary>
internal sealed class NamespaceNetwork : SiloNetwork
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(10);

    private readonly string _subnet;
    private readonly List<Process> _holders = [];
    private readonly List<TcpProxy> _toPostgres = [];
    private readonly int _seats;

    private NamespaceNetwork(int seats)
    {
        _seats = seats;
        _subnet = $"10.213.{Environment.ProcessId % 250}";
    }

    public override string Name => "network namespaces";

    private static string Uplink => $"tc{Environment.ProcessId}";

    /// <summary>Makes it; null where this process may not, or the machine cannot.</summary>
    public static async Task<NamespaceNetwork?> TryMakeAsync(int seats)
    {
        if (!OperatingSystem.IsLinux() || geteuid() != 0)
        {
            return null;
        }

        var network = new NamespaceNetwork(seats);
        try
        {
            network.Make();
            return network;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await network.DisposeAsync();
            return null;
        }
    }

    public override string HostOf(int seat) => $"{_subnet}.{seat + 2}";

    public override (string Host, int Port) PostgresFor(int port)
    {
        var gate = IPAddress.Parse($"{_subnet}.1");
        var proxy = new TcpProxy(new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(gate, 0));
        _toPostgres.Add(proxy);
        return (gate.ToString(), proxy.Port);
    }

    public override (IReadOnlyList<(string Key, string Value)> Settings, IReadOnlyList<string>? Launcher) Place(int seat, int siloPort) =>
        ([("Silo:ListenAddress", HostOf(seat))], ["nsenter", $"--net=/proc/{_holders[seat + 1].Id}/ns/net"]);

    public override void Split() => Isolate("on");

    public override void Heal() => Isolate("off");

    public override async ValueTask DisposeAsync()
    {
        foreach (var proxy in _toPostgres)
        {
            await proxy.DisposeAsync();
        }

        foreach (var holder in _holders)
        {
            holder.Kill();
            await holder.WaitForExitAsync();
            holder.Dispose();
        }

        await base.DisposeAsync();
    }

    [DllImport("libc")]
    private static extern uint geteuid();

    private static void Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        if (!process.WaitForExit(CommandLimit) || process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} failed: {errors}");
        }
    }

    private void Make()
    {
        for (var number = 0; number <= _seats; number++)
        {
            var holder = Process.Start(new ProcessStartInfo("unshare", ["--net", "sleep", "infinity"]))!;
            _holders.Add(holder);
            Watchdog.Guard(holder.Id);
            UntilApart(holder);
        }

        var hub = _holders[0].Id;
        Within(hub, "link", "add", "bridge0", "type", "bridge");
        Within(hub, "link", "set", "dev", "bridge0", "up");
        Run("ip", "link", "add", Uplink, "type", "veth", "peer", "name", "uplink", "netns", $"{hub}");
        Run("ip", "addr", "add", $"{_subnet}.1/24", "dev", Uplink);
        Run("ip", "link", "set", "dev", Uplink, "up");
        Within(hub, "link", "set", "dev", "uplink", "master", "bridge0", "up");
        for (var seat = 0; seat < _seats; seat++)
        {
            var silo = _holders[seat + 1].Id;
            Within(hub, "link", "add", $"port{seat}", "type", "veth", "peer", "name", "eth0", "netns", $"{silo}");
            Within(hub, "link", "set", "dev", $"port{seat}", "master", "bridge0", "up");
            Within(silo, "addr", "add", $"{HostOf(seat)}/24", "dev", "eth0");
            Within(silo, "link", "set", "dev", "eth0", "up");
            Within(silo, "link", "set", "dev", "lo", "up");
        }
    }

    private void Isolate(string isolated)
    {
        for (var seat = 0; seat < _seats; seat++)
        {
            Within(_holders[0].Id, "link", "set", "dev", $"port{seat}", "type", "bridge_slave", "isolated", isolated);
        }
    }

    /// <summary>Waits until the holder has a namespace that is not ours.</summary>
    private static void UntilApart(Process holder)
    {
        var ours = File.ResolveLinkTarget("/proc/self/ns/net", returnFinalTarget: false)?.Name;
        var since = Stopwatch.GetTimestamp();
        while (File.ResolveLinkTarget($"/proc/{holder.Id}/ns/net", returnFinalTarget: false)?.Name == ours)
        {
            if (holder.HasExited || Stopwatch.GetElapsedTime(since) > CommandLimit)
            {
                throw new InvalidOperationException("unshare --net made no network namespace.");
            }

            Thread.Yield();
        }
    }

    private static void Within(int holder, params string[] ip) => Run(["nsenter", $"--net=/proc/{holder}/ns/net", "ip", .. ip]);
}
