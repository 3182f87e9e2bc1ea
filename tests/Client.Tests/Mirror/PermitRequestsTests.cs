using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>S5, S7, C4: which permit request is out, and when the next may follow.</summary>
public sealed class PermitRequestsTests
{
    private static readonly Reporter Worker = new(Guid.NewGuid(), "w");
    private readonly PermitRequests _permits = new();
    private readonly TestClock _clock = new();

    public PermitRequestsTests() => _clock.Pass(10);

    private Moment Now => _clock.Now;

    [Fact]
    public void C4_requests_are_numbered_from_one_and_say_who_asks_what_it_knows_and_which_are_settled()
    {
        var claim = new BreakerClaim { Revision = 7 };
        _permits.Answered(_permits.Take(Worker, claim, Now));
        _permits.Abandon(_permits.Take(Worker, claim, Now));

        var third = _permits.Take(Worker, claim, Now);

        Assert.Equal((3L, Worker.Session, "w"), (third.Number, third.Session, third.Worker));
        Assert.Same(claim, third.Claim);
        Assert.Equal(new PermitProgress(Answered: 1, Abandoned: 2), third.Permits);
    }

    [Fact]
    public void S5_no_request_follows_until_the_one_that_is_out_is_answered()
    {
        Assert.True(_permits.MayRequest);
        var request = Take();
        Assert.False(_permits.MayRequest);
        Assert.Equal(_clock.Elapsed, _permits.SilentSince);

        Assert.True(_permits.Answered(request));

        Assert.True(_permits.MayRequest);
        Assert.Null(_permits.SilentSince);
    }

    [Fact]
    public void S5_no_request_follows_an_abandoned_one_until_the_authority_answers_a_report()
    {
        _permits.Abandon(Take());
        Assert.False(_permits.MayRequest);
        Assert.Equal(_clock.Elapsed, _permits.SilentSince);

        _permits.AuthorityAnswered();

        Assert.True(_permits.MayRequest);
        Assert.Null(_permits.SilentSince);
    }

    [Fact]
    public void C8_the_answer_to_a_report_does_not_end_the_silence_about_a_request_that_is_out()
    {
        Take();

        _permits.AuthorityAnswered();

        Assert.Equal(_clock.Elapsed, _permits.SilentSince);
        Assert.False(_permits.MayRequest);
    }

    [Fact]
    public void S7_an_answer_to_an_abandoned_request_is_not_awaited_and_leaves_it_abandoned()
    {
        var request = Take();
        _permits.Abandon(request);

        Assert.False(_permits.Answered(request));

        Assert.Equal(new PermitProgress(Answered: 0, Abandoned: 1), _permits.Progress);
        Assert.True(_permits.MayRequest);
    }

    [Fact]
    public void S7_a_late_failure_of_an_earlier_request_leaves_the_one_that_is_out()
    {
        var first = Take();
        _permits.Abandon(first);
        _permits.AuthorityAnswered();
        var second = Take();

        _permits.Abandon(first);

        Assert.True(_permits.Answered(second));
        Assert.Equal(new PermitProgress(Answered: 2, Abandoned: 1), _permits.Progress);
    }

    [Fact]
    public void S7_the_last_abandoned_request_counts_whatever_the_order_of_the_failures()
    {
        var (first, second) = (Take(), Take());
        _permits.Abandon(second);
        _permits.Abandon(first);

        Assert.Equal(2, _permits.Progress.Abandoned);
    }

    [Fact]
    public void S7_an_abandoned_request_is_reported_once()
    {
        Assert.True(_permits.IsReported);
        _permits.Abandon(Take());
        Assert.False(_permits.IsReported);

        _permits.MarkReported();

        Assert.True(_permits.IsReported);
        Assert.Equal(1, _permits.Progress.Abandoned);
    }

    [Fact]
    public void S5_while_the_probes_are_kept_for_other_workers_no_request_is_sent()
    {
        _permits.WaitUntil(TimeSpan.FromSeconds(11));
        _clock.PassTo(TimeSpan.FromSeconds(10.999));
        _permits.Advance(Now);
        Assert.False(_permits.MayRequest);
        Assert.Equal(TimeSpan.FromSeconds(11), _permits.WaitsUntil);

        _clock.PassTo(TimeSpan.FromSeconds(11));
        _permits.Advance(Now);

        Assert.True(_permits.MayRequest);
        Assert.Null(_permits.WaitsUntil);
    }

    [Fact]
    public void S5_a_wait_ends_with_the_generation_that_it_was_for()
    {
        _permits.WaitUntil(TimeSpan.FromSeconds(11));

        _permits.GenerationChanged();

        Assert.True(_permits.MayRequest);
    }

    [Fact]
    public void S19_a_refusal_forgets_the_request_that_is_out_and_goes_on_with_the_numbers()
    {
        var request = Take();

        _permits.Clear();

        Assert.Null(_permits.SilentSince);
        Assert.False(_permits.Answered(request));
        Assert.Equal(2, Take().Number);
    }

    private PermitRequest Take() => _permits.Take(Worker, new BreakerClaim(), Now);
}
