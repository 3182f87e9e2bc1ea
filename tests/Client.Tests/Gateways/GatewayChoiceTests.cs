using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client.Gateways;

namespace TaskerCore.Orleans.Client.Tests.Gateways;

/// <summary>C8: a gateway that hangs is left.</summary>
public sealed class GatewayChoiceTests
{
    private static readonly Uri A = new("gwy.tcp://10.0.0.1:1/0");
    private static readonly Uri B = new("gwy.tcp://10.0.0.2:1/0");
    private static readonly Uri C = new("gwy.tcp://10.0.0.3:1/0");
    private static readonly Uri[] All = [A, B, C];
    private readonly FakeTimeProvider _time = new();
    private readonly HashSet<Uri> _hanging = [];
    private readonly GatewayChoice _choice;

    public GatewayChoiceTests() => _choice = new GatewayChoice(_hanging.Contains, _time);

    [Fact]
    public void C8_all_gateways_are_used_while_calls_are_answered()
    {
        _hanging.Add(A);

        Assert.Equal(All, _choice.Choose(All));
    }

    [Fact]
    public void C8_in_silence_those_that_hang_are_left_out_and_the_others_used()
    {
        _hanging.Add(B);
        _choice.CallsUnanswered();

        Assert.Equal([A, C], _choice.Choose(All));
        Assert.Equal([A, C], _choice.Choose(All));
    }

    [Fact]
    public void C8_another_that_hangs_meanwhile_is_left_out_too()
    {
        _hanging.Add(B);
        _choice.CallsUnanswered();
        Assert.Equal([A, C], _choice.Choose(All));

        _hanging.Remove(B);
        _hanging.Add(C);
        _choice.CallsUnanswered();
        Assert.Equal([A, C], _choice.Choose(All));
        _time.Advance(TimeSpan.FromSeconds(4));
        _choice.CallsUnanswered();

        Assert.Equal([A], _choice.Choose(All));
    }

    [Fact]
    public void C8_silence_of_the_only_gateway_does_not_keep_one_that_comes_later_from_being_used()
    {
        _choice.CallsUnanswered();
        Assert.Equal([A], _choice.Choose([A]));

        Assert.Equal([A, B], _choice.Choose([A, B]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void C8_where_nothing_tells_which_one_alone_is_used_and_the_next_when_it_is_silent_too(bool allHang)
    {
        _hanging.UnionWith(allHang ? All : []);
        _choice.CallsUnanswered();
        var first = Assert.Single(_choice.Choose(All));
        Assert.Equal(first, Assert.Single(_choice.Choose(All)));

        _time.Advance(TimeSpan.FromSeconds(3.9));
        _choice.CallsUnanswered();
        Assert.Equal(first, Assert.Single(_choice.Choose(All)));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        _choice.CallsUnanswered();
        var second = Assert.Single(_choice.Choose(All));

        Assert.NotEqual(first, second);
    }

    [Fact]
    public void C8_those_that_answer_are_used_alone_for_half_a_minute_and_then_all_are()
    {
        _hanging.Add(A);
        _choice.CallsUnanswered();
        Assert.Equal([B, C], _choice.Choose(All));

        _time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal([B, C], _choice.Choose(All));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(All, _choice.Choose(All));
    }

    [Fact]
    public void C8_when_the_one_is_gone_all_are_used_at_once()
    {
        _choice.CallsUnanswered();
        Assert.Single(_choice.Choose(All));

        _choice.CallFailed();

        Assert.Equal(All, _choice.Choose(All));
    }

    [Fact]
    public void C8_when_a_name_leads_elsewhere_by_now_what_it_leads_to_is_used()
    {
        _hanging.Add(A);
        _choice.CallsUnanswered();
        Assert.Equal([B], _choice.Choose([A, B]));

        Assert.Equal([C], _choice.Choose([C]));
    }

    [Fact]
    public void C8_the_only_gateway_is_used_whatever_it_does()
    {
        _hanging.Add(A);
        _choice.CallsUnanswered();

        Assert.Equal([A], _choice.Choose([A]));
    }
}
