using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S5–S7: the permits of one half-open generation.</summary>
public sealed class ProbeLeasesTests
{
    private static readonly Reporter A = new(Guid.NewGuid(), "a");
    private static readonly Reporter B = new(Guid.NewGuid(), "b");
    private readonly ProbeLeases _leases = new();

    [Fact]
    public void S7_only_the_session_that_holds_a_permit_settles_it_and_only_once()
    {
        var permit = _leases.Grant(A, Seconds(30));

        Assert.False(_leases.Settle(permit, B.Session, ProbeResult.Success));
        Assert.True(_leases.Settle(permit, A.Session, ProbeResult.Success));
        Assert.False(_leases.Settle(permit, A.Session, ProbeResult.Success));
        Assert.Equal((1, 0), (_leases.Successes, _leases.Outstanding));
    }

    [Fact]
    public void S6_a_probe_that_says_nothing_about_the_component_only_frees_its_permit()
    {
        _leases.Settle(_leases.Grant(A, Seconds(30)), A.Session, ProbeResult.Ignored);
        _leases.Settle(_leases.Grant(A, Seconds(30)), A.Session, ProbeResult.Unused);

        Assert.Equal((0, 0, null), (_leases.Outstanding, _leases.Successes, _leases.Failed));
    }

    [Fact]
    public void S6_the_first_failed_probe_decides()
    {
        var (first, second) = (_leases.Grant(A, Seconds(30)), _leases.Grant(B, Seconds(30)));

        _leases.Settle(second, B.Session, ProbeResult.Failure);
        _leases.Settle(first, A.Session, ProbeResult.Failure);

        Assert.Equal((TransitionCause.ProbeFailed, B), (_leases.Failed!.Cause, _leases.Failed.Worker));
    }

    [Fact]
    public void S7_of_several_leases_that_end_the_one_that_ended_first_decides()
    {
        _leases.Grant(A, Seconds(20));
        _leases.Grant(B, Seconds(10));
        _leases.Grant(A, Seconds(40));
        Assert.Equal(Seconds(10), _leases.NextExpiry);

        _leases.Expire(Seconds(30));

        Assert.Equal((TransitionCause.ProbeLost, B), (_leases.Failed!.Cause, _leases.Failed.Worker));
        Assert.Equal((1, Seconds(40)), (_leases.Outstanding, _leases.NextExpiry));
    }

    [Fact]
    public void A_new_generation_begins_with_nothing()
    {
        _leases.Settle(_leases.Grant(A, Seconds(30)), A.Session, ProbeResult.Success);
        _leases.Grant(A, Seconds(30));
        _leases.Expire(Seconds(30));

        _leases.Clear();

        Assert.Equal((0, 0, null, null), (_leases.Outstanding, _leases.Successes, _leases.Failed, _leases.NextExpiry));
        Assert.Equal(1, _leases.Grant(A, Seconds(30)));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
