using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Gateways;

/// <summary>The gateway list for Orleans, with a resolver and a clock of the test's own.</summary>
public sealed class GatewayListTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly HashSet<string> _connected = [];
    private readonly Dictionary<string, Func<Task<IPAddress[]>>> _dns = new()
    {
        ["silo-1"] = () => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1")]),
        ["silo-2"] = () => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.2")]),
    };

    private int _lookUps;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_failing_name_keeps_its_addresses_and_is_logged_once_when_it_begins_and_once_when_it_is_over()
    {
        var list = List("silo-1:1", "silo-2:2");
        Assert.Equal(["10.0.0.1:1", "10.0.0.2:2"], await GatewaysAsync(list));
        _dns["silo-1"] = () => throw new SocketException((int)SocketError.HostNotFound);

        for (var second = 0; second < 60; second += 2)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(["10.0.0.1:1", "10.0.0.2:2"], await GatewaysAsync(list));
        }

        Assert.Single(Warnings);
        Assert.Contains("Gateway names cannot be resolved: silo-1 (", Warnings[0], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Warnings[0], StringComparison.Ordinal);

        _dns["silo-1"] = () => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1")]);
        for (var second = 0; second < 20; second += 2)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await GatewaysAsync(list);
        }

        Assert.Single(_log.With("Gateway names resolve again: silo-1"));
        Assert.Single(Warnings);
    }

    [Fact]
    public async Task All_names_that_fail_together_are_one_line()
    {
        var list = List("silo-1:1", "silo-2:2");
        _dns["silo-1"] = _dns["silo-2"] = () => throw new SocketException((int)SocketError.TryAgain);

        Assert.Empty(await GatewaysAsync(list));

        Assert.Contains("silo-1 (", Assert.Single(Warnings), StringComparison.Ordinal);
        Assert.Contains("silo-2 (", Warnings[0], StringComparison.Ordinal);
        Assert.Contains("in use meanwhile: none", Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resolver_that_hangs_delays_one_refresh_and_takes_nothing_away()
    {
        var list = List("silo-1:1", "silo-2:2");
        await GatewaysAsync(list);
        var hanging = new TaskCompletionSource<IPAddress[]>();
        _dns["silo-1"] = () => hanging.Task;
        _lookUps = 0;
        _time.Advance(GatewayNames.RefreshInterval);

        var refresh = GatewaysAsync(list);
        Assert.False(refresh.IsCompleted);
        _time.Advance(GatewayList.LookUpLimit);
        Assert.Equal(["10.0.0.1:1", "10.0.0.2:2"], await refresh);
        Assert.Contains("silo-1 (the resolver does not answer)", Assert.Single(Warnings), StringComparison.Ordinal);
        Assert.Equal(2, _lookUps);

        // The look-up is still under way: no second one is started, and nobody waits for it.
        _time.Advance(GatewayNames.RetryInterval);
        Assert.Equal(["10.0.0.1:1", "10.0.0.2:2"], await GatewaysAsync(list));
        Assert.Equal(3, _lookUps);

        hanging.SetResult([IPAddress.Parse("10.0.0.9")]);
        Assert.Equal(["10.0.0.9:1", "10.0.0.2:2"], await GatewaysAsync(list));
        Assert.Single(_log.With("resolve again: silo-1"));
    }

    [Fact]
    public async Task An_old_address_stays_while_its_connection_answers()
    {
        var list = List("silo-1:1");
        await GatewaysAsync(list);
        _connected.Add("10.0.0.1:1");
        _dns["silo-1"] = () => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.9")]);
        _time.Advance(GatewayNames.RefreshInterval);

        Assert.Equal(["10.0.0.9:1", "10.0.0.1:1"], await GatewaysAsync(list));
        _connected.Clear();
        Assert.Equal(["10.0.0.9:1"], await GatewaysAsync(list));
    }

    [Fact]
    public async Task Questions_at_the_same_time_share_one_refresh()
    {
        var list = List("silo-1:1");
        var answer = new TaskCompletionSource<IPAddress[]>();
        _dns["silo-1"] = () => answer.Task;

        Task<List<string>>[] asked = [GatewaysAsync(list), GatewaysAsync(list), GatewaysAsync(list)];
        answer.SetResult([IPAddress.Loopback]);

        Assert.All(await Task.WhenAll(asked), gateways => Assert.Equal(["127.0.0.1:1"], gateways));
        Assert.Equal(1, _lookUps);
    }

    [Fact]
    public async Task Without_a_resolver_of_its_own_it_asks_the_systems()
    {
        var list = new GatewayList(
            [new("localhost", 1), new("no-such-host.invalid", 2), new("127.0.0.1", 3)], new GatewayChoice(_ => false, TimeProvider.System), _ => false, TimeProvider.System, Logger());

        var gateways = await list.GetGateways();

        Assert.Contains(gateways, uri => uri.Port == 1);
        Assert.Contains(gateways, uri => uri is { Host: "127.0.0.1", Port: 3 });
        Assert.DoesNotContain(gateways, uri => uri.Port == 2);
    }

    private IReadOnlyList<string> Warnings => _log.With("Warning ");

    private GatewayList List(params string[] gateways) => new(
        [.. gateways.Select(GatewayAddress.Parse)], new GatewayChoice(_ => false, _time), gateway => _connected.Contains(gateway.Authority), _time, Logger(), host =>
        {
            _lookUps++;
            return _dns[host]();
        });

    private ILogger<GatewayList> Logger() => new LoggerFactory([_log]).CreateLogger<GatewayList>();

    private static async Task<List<string>> GatewaysAsync(GatewayList list) => [.. (await list.GetGateways()).Select(gateway => gateway.Authority)];
}
