using System.Net;
using TaskerCore.Orleans.Client.Gateways;

namespace TaskerCore.Orleans.Client.Tests.Gateways;

/// <summary>The rule for gateway names that fail, change or come back.</summary>
public sealed class GatewayNamesTests
{
    private readonly HashSet<string> _answering = [];
    private TimeSpan _now;

    [Fact]
    public void A_name_that_fails_or_has_no_address_keeps_the_addresses_that_it_had()
    {
        var names = Names("silo:1");
        Resolve(names, "silo", "10.0.0.1", "10.0.0.2");

        names.Failed("silo", "no such host", _now);
        Assert.Equal(["10.0.0.1:1", "10.0.0.2:1"], Current(names));
        Resolve(names, "silo");
        Assert.Equal(["10.0.0.1:1", "10.0.0.2:1"], Current(names));
    }

    [Fact]
    public void A_failure_is_news_once_and_so_is_its_end_whatever_the_reasons_between()
    {
        var names = Names("a:1", "b:1");
        names.Failed("a", "no such host", _now);
        Resolve(names, "b", "10.0.0.2");
        var changes = names.TakeChanges();
        Assert.Equal([new NameFailure("a", "no such host")], changes.Failed);
        Assert.Empty(changes.Recovered);

        names.Failed("a", "timeout", _now);
        Resolve(names, "a");
        Assert.True(names.TakeChanges().IsEmpty);

        Resolve(names, "a", "10.0.0.1");
        Assert.Equal(["a"], names.TakeChanges().Recovered);
        Assert.True(names.TakeChanges().IsEmpty);
    }

    [Fact]
    public void A_failure_that_is_over_before_it_was_reported_is_no_news()
    {
        var names = Names("a:1");
        names.Failed("a", "no such host", _now);
        Resolve(names, "a", "10.0.0.1");

        Assert.True(names.TakeChanges().IsEmpty);
    }

    [Fact]
    public void An_address_that_a_name_lost_is_used_as_long_as_it_answers_and_never_again_without_the_name()
    {
        var names = Names("silo:1");
        Resolve(names, "silo", "10.0.0.1", "10.0.0.2");
        _answering.UnionWith(["10.0.0.1:1"]);

        Resolve(names, "silo", "10.0.0.3");
        Assert.Equal(["10.0.0.3:1", "10.0.0.1:1"], Current(names));

        _answering.Clear();
        Assert.Equal(["10.0.0.3:1"], Current(names));
        _answering.UnionWith(["10.0.0.1:1"]);
        Assert.Equal(["10.0.0.3:1"], Current(names));
    }

    [Fact]
    public void A_lost_address_that_comes_back_is_in_the_list_once()
    {
        var names = Names("silo:1");
        Resolve(names, "silo", "10.0.0.1");
        _answering.Add("10.0.0.1:1");
        Resolve(names, "silo", "10.0.0.2");

        Resolve(names, "silo", "10.0.0.1", "10.0.0.2");

        Assert.Equal(["10.0.0.1:1", "10.0.0.2:1"], Current(names));
    }

    [Fact]
    public void A_name_that_flips_between_IPv4_and_IPv6_keeps_the_family_that_is_connected()
    {
        var names = Names("silo:1");
        Resolve(names, "silo", "10.0.0.1", "fd00::1");
        _answering.Add("10.0.0.1:1");

        Resolve(names, "silo", "fd00::1");
        Assert.Equal(["[fd00::1]:1", "10.0.0.1:1"], Current(names));

        // A mapped address is the same gateway.
        Resolve(names, "silo", "::ffff:10.0.0.1");
        Assert.Equal(["10.0.0.1:1"], Current(names));
    }

    [Fact]
    public void A_resolver_that_rotates_its_answers_does_not_change_the_order_of_the_list()
    {
        var names = Names("silo:1");
        Resolve(names, "silo", "10.0.0.1", "10.0.0.2", "10.0.0.3");

        Resolve(names, "silo", "10.0.0.3", "10.0.0.1", "10.0.0.2", "10.0.0.3");

        Assert.Equal(["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"], Current(names));
    }

    [Fact]
    public void Several_ports_of_a_name_share_its_look_up_and_one_gateway_by_two_names_is_used_once()
    {
        var names = Names("silo:1", "SILO:2", "other:1");
        Assert.Equal(["silo", "other"], Due(names));
        Resolve(names, "silo", "10.0.0.1");
        Resolve(names, "other", "10.0.0.1");

        Assert.Equal(["10.0.0.1:1", "10.0.0.1:2"], Current(names));
    }

    [Fact]
    public void An_address_is_never_looked_up()
    {
        var names = Names("10.0.0.1:1", "[fd00::1]:2");

        Assert.Empty(Due(names));
        Assert.Equal(["10.0.0.1:1", "[fd00::1]:2"], Current(names));
    }

    [Fact]
    public void Names_are_resolved_every_10_s_while_a_gateway_answers_and_every_2_s_while_none_does()
    {
        var names = Names("a:1", "b:1");
        Resolve(names, "a", "10.0.0.1");
        Resolve(names, "b", "10.0.0.2");
        Assert.Empty(Due(names));
        _now += GatewayNames.RetryInterval;
        Assert.Equal(["a", "b"], Due(names));

        _answering.Add("10.0.0.1:1");
        Assert.Empty(Due(names));
        _now = GatewayNames.RefreshInterval;
        Assert.Equal(["a", "b"], Due(names));
    }

    [Fact]
    public void A_name_that_failed_is_resolved_again_after_2_s_though_other_gateways_answer()
    {
        var names = Names("a:1", "b:1");
        Resolve(names, "a", "10.0.0.1");
        names.Failed("b", "no such host", _now);
        _answering.Add("10.0.0.1:1");
        Assert.Empty(Due(names));

        _now += GatewayNames.RetryInterval;

        Assert.Equal(["b"], Due(names));
    }

    private static GatewayNames Names(params string[] gateways) => new([.. gateways.Select(GatewayAddress.Parse)]);

    private void Resolve(GatewayNames names, string host, params string[] addresses) => names.Resolved(host, [.. addresses.Select(IPAddress.Parse)], _now);

    private IReadOnlyList<string> Due(GatewayNames names) => names.Due(_now, Answers);

    private IEnumerable<string> Current(GatewayNames names) => names.Current(Answers).Select(gateway => gateway.Authority);

    private bool Answers(Uri gateway) => _answering.Contains(gateway.Authority);
}
