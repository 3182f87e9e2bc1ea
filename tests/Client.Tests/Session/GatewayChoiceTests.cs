using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client.Session;

namespace TaskerCore.Orleans.Client.Tests.Session;

/// <summary>C8: a gateway that hangs is left.</summary>
public sealed class GatewayChoiceTests
{
    private static readonly string[] All = ["a", "b", "c"];
    private readonly FakeTimeProvider _time = new();
    private readonly GatewayChoice _choice;

    public GatewayChoiceTests() => _choice = new GatewayChoice(_time);

    [Fact]
    public void C8_all_gateways_are_used_while_calls_are_answered() => Assert.Equal(All, _choice.Choose(All));

    [Fact]
    public void C8_in_silence_one_alone_is_used_and_the_next_when_it_is_silent_too()
    {
        _choice.Silent();
        var first = Assert.Single(_choice.Choose(All));
        Assert.Equal(first, Assert.Single(_choice.Choose(All)));

        _time.Advance(TimeSpan.FromSeconds(3.9));
        _choice.Silent();
        Assert.Equal(first, Assert.Single(_choice.Choose(All)));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        _choice.Silent();
        var second = Assert.Single(_choice.Choose(All));

        Assert.NotEqual(first, second);
    }

    [Fact]
    public void C8_one_that_answers_is_used_alone_for_half_a_minute_and_then_all_are()
    {
        _choice.Silent();
        Assert.Single(_choice.Choose(All));

        _time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Single(_choice.Choose(All));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(All, _choice.Choose(All));
    }

    [Fact]
    public void C8_when_the_one_is_gone_all_are_used_at_once()
    {
        _choice.Silent();
        Assert.Single(_choice.Choose(All));

        _choice.Refused();

        Assert.Equal(All, _choice.Choose(All));
    }

    [Fact]
    public void C8_the_only_gateway_is_used_whatever_it_does()
    {
        _choice.Silent();

        Assert.Equal(["a"], _choice.Choose(["a"]));
    }
}
