using System.Net;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Grains.Interfaces.Connections;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Client.Tests.Gateways;

/// <summary>Which addresses are no gateways of this worker's cluster is told once each, with the remedy.</summary>
public sealed class ForeignGatewaysTests
{
    private static readonly IPEndPoint One = new(IPAddress.Parse("10.0.0.1"), 30000);
    private static readonly IPEndPoint Two = new(IPAddress.Parse("10.0.0.2"), 30000);
    private static readonly TimeSpan Brief = ForeignGateways.AtOnce - TimeSpan.FromTicks(1);
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<ForeignGateways> _logger = new();

    [Fact]
    public void Another_cluster_is_named_at_the_first_connection_and_once_for_each_gateway()
    {
        var gateways = Gateways();

        Times(5, () => gateways.Ended(One, Of("green"), Brief));
        Assert.Equal(1, Said("10.0.0.1:30000 belongs to the cluster 'green', and this worker looks for the cluster 'blue'"));
        gateways.Ended(Two, Of("green"), Brief);
        Assert.Equal(1, Said("10.0.0.2:30000 belongs to the cluster 'green'"));

        _time.Advance(LogThrottle.Repeat);
        gateways.Ended(One, Of("green"), Brief);
        Assert.Equal(2, Said("10.0.0.1:30000 belongs to the cluster 'green'"));
        Assert.Equal(3, _logger.Collector.Count);
    }

    [Fact]
    public void What_is_no_gateway_at_all_is_told_with_the_setting_that_has_the_port()
    {
        var gateways = Gateways();

        Times(5, () => gateways.Ended(One, new Greeting(GreetingKind.Stranger), Brief));

        Assert.Equal(1, Said("The server at 10.0.0.1:30000 is not an Orleans gateway. Use the silo's gateway port: Silo:GatewayPort"));
        Assert.Equal(1, _logger.Collector.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whoever_ends_each_connection_at_once_is_told_of_after_three(bool greets)
    {
        var gateways = Gateways();
        var greeting = greets ? Of("blue") : new Greeting(GreetingKind.Ended);

        Times(ForeignGateways.EndsInARow - 1, () => gateways.Ended(One, greeting, Brief));
        Assert.Equal(0, _logger.Collector.Count);
        Times(5, () => gateways.Ended(One, greeting, Brief));

        Assert.Equal(1, Said("The server at 10.0.0.1:30000 accepts connections and closes each of them at once"));
        Assert.Equal(1, _logger.Collector.Count);
    }

    [Fact]
    public void A_connection_of_the_cluster_that_lasted_and_one_that_this_side_gave_up_are_none_of_them()
    {
        var gateways = Gateways();

        Times(3, () =>
        {
            Times(ForeignGateways.EndsInARow - 1, () => gateways.Ended(One, new Greeting(GreetingKind.Ended), Brief));
            gateways.Ended(Two, Of("blue"), ForeignGateways.AtOnce);
        });
        Times(9, () => gateways.Ended(One, new Greeting(GreetingKind.Awaited), Brief));

        Assert.Equal(0, _logger.Collector.Count);
    }

    [Fact]
    public void With_TLS_it_is_TLS_that_tells_of_ended_connections()
    {
        var gateways = Gateways(usesTls: true);

        Times(9, () => gateways.Ended(One, new Greeting(GreetingKind.Ended), Brief));
        Assert.Equal(0, _logger.Collector.Count);

        gateways.Ended(One, Of("green"), Brief);
        Assert.Equal(1, Said("belongs to the cluster 'green'"));
    }

    private static Greeting Of(string clusterId) => new(GreetingKind.Cluster, clusterId);

    private static void Times(int count, Action act)
    {
        for (var time = 0; time < count; time++)
        {
            act();
        }
    }

    private ForeignGateways Gateways(bool usesTls = false) => new("blue", usesTls, _time, _logger);

    private int Said(string text) => _logger.Collector.GetSnapshot().Count(record => record.Message.Contains(text, StringComparison.Ordinal));
}
