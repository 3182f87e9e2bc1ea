using TaskerCore.Orleans.Client.Gateways;

namespace TaskerCore.Orleans.Client.Tests.Gateways;

/// <summary>C8: when unanswered calls mean that a gateway hangs.</summary>
public sealed class SilenceTrackerTests
{
    private static readonly Callee Pgmq = Callee.AuthorityOf("pgmq");
    private readonly SilenceTracker _silence = new();

    [Fact]
    public void C8_a_callee_is_silent_6_s_after_the_first_call_that_it_left_unanswered()
    {
        Assert.Equal(GatewaySign.None, Unanswered(Callee.Hub, from: 10, until: 12));
        Assert.Equal(GatewaySign.None, Unanswered(Callee.Hub, from: 13, until: 15.999));
        Assert.Equal(GatewaySign.Silent, Unanswered(Callee.Hub, from: 14, until: 16));
        Assert.Equal(GatewaySign.Silent, Unanswered(Callee.Hub, from: 16, until: 18));
    }

    [Fact]
    public void C8_one_call_that_takes_6_s_is_enough() =>
        Assert.Equal(GatewaySign.Silent, Unanswered(Callee.Hub, from: 0, until: 6));

    [Fact]
    public void C8_an_answer_ends_the_silence()
    {
        Unanswered(Callee.Hub, from: 0, until: 5);

        _silence.Answered(Callee.Hub);

        Assert.Equal(GatewaySign.None, Unanswered(Callee.Hub, from: 5, until: 10.999));
        Assert.Equal(GatewaySign.Silent, Unanswered(Callee.Hub, from: 9, until: 11));
    }

    [Fact]
    public void C8_the_answers_of_one_callee_do_not_end_the_silence_of_another()
    {
        Unanswered(Pgmq, from: 0, until: 2);

        _silence.Answered(Callee.Hub);
        _silence.Answered(Callee.AuthorityOf("search"));

        Assert.Equal(GatewaySign.Silent, Unanswered(Pgmq, from: 4, until: 6));
        Assert.Equal(GatewaySign.None, Unanswered(Callee.Hub, from: 4, until: 6));
    }

    [Fact]
    public void C8_a_call_that_fails_at_once_shows_that_the_gateway_is_gone_and_ends_the_silence()
    {
        Unanswered(Pgmq, from: 0, until: 5);

        Assert.Equal(GatewaySign.Refused, Fails(Pgmq, new IOException("reset"), at: 5));

        Assert.Equal(GatewaySign.None, Unanswered(Pgmq, from: 5, until: 7));
    }

    [Fact]
    public void C8_a_call_that_found_no_gateway_shows_nothing_of_one()
    {
        Unanswered(Pgmq, from: 0, until: 5);

        Assert.Equal(GatewaySign.None, Fails(Pgmq, new ClusterUnavailableException("no silo was reached"), at: 7));

        Assert.Equal(GatewaySign.Silent, Unanswered(Pgmq, from: 6, until: 8));
    }

    private GatewaySign Unanswered(Callee callee, double from, double until) =>
        _silence.Failed(callee, new TimeoutException(), TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(until));

    private GatewaySign Fails(Callee callee, Exception exception, double at) =>
        _silence.Failed(callee, exception, TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(at));
}
