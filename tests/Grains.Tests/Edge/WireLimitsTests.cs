using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Edge;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests.Edge;

/// <summary>What a worker says is clamped to what a worker can have seen.</summary>
public sealed class WireLimitsTests
{
    private const long MaxCount = 1_000_000_000;
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(36_500);
    private static readonly BreakerSnapshot Offer = new() { Component = "pgmq", Generation = new(3, Guid.NewGuid()) };

    private static readonly WorkerReport Report = new() { Session = Guid.NewGuid(), Worker = "w", Number = 7, Claim = new BreakerClaim() };

    [Fact]
    public void A_report_that_is_sound_is_left_as_it_is()
    {
        var tally = new OutcomeTally
        {
            Counts = new() { Successes = 2, Failures = 6, Ignored = 3, Rejected = 4, Slow = 5, TimedCalls = 8, TotalDuration = TimeSpan.FromSeconds(9) },
            FirstRun = 1,
            LastRun = 2,
            LongestRun = 3,
        };
        var probe = new ProbeOutcome { PermitId = 1, Result = ProbeResult.Failure, Slow = true, Duration = TimeSpan.FromSeconds(1) };
        var part = new GenerationTally { Generation = new(1, Guid.NewGuid()), Local = true, LocalProbes = 2, Tally = tally };

        var clean = WireLimits.Clean(Report with { Tallies = [part], Probes = [probe, new ProbeOutcome()], Claim = new BreakerClaim { Revision = 4, Offer = Offer } });

        Assert.Equal((7L, "w", 4L, Offer), (clean.Number, clean.Worker, clean.Claim.Revision, clean.Claim.Offer));
        Assert.Equal([part], clean.Tallies);
        Assert.Equal([probe, new ProbeOutcome()], clean.Probes);
    }

    [Fact]
    public void Counts_are_at_least_zero_and_at_most_a_billion()
    {
        var low = Clean(new OutcomeTally { Counts = new() { Successes = 1, Failures = -1, Ignored = -1, Rejected = -1, Slow = -1, TimedCalls = -1, TotalDuration = TimeSpan.MinValue } });
        var high = Clean(new OutcomeTally
        {
            Counts = new() { Successes = long.MaxValue, Failures = MaxCount + 1, Ignored = long.MaxValue, Rejected = long.MaxValue, Slow = long.MaxValue, TimedCalls = long.MaxValue, TotalDuration = TimeSpan.MaxValue },
        });

        Assert.Equal(OutcomeTally.Success, low);
        Assert.Equal(0, Clean(new OutcomeTally { Counts = new() { Successes = -1 } }).Successes);
        Assert.Equal(
            (MaxCount, MaxCount, MaxCount, MaxCount, MaxCount, MaxCount, MaxDuration),
            (high.Successes, high.Failures, high.Counts.Ignored, high.Counts.Rejected, high.Counts.Slow, high.Counts.TimedCalls, high.Counts.TotalDuration));
    }

    [Theory]
    [InlineData(1, 5, -1, -1, -1, 0, 0, 0)]
    [InlineData(1, 5, 9, 9, 9, 5, 5, 5)]
    [InlineData(1, 5, 4, 1, 2, 4, 1, 4)]
    [InlineData(1, 5, 1, 4, 2, 1, 4, 4)]
    [InlineData(1, 5, 1, 2, 3, 1, 2, 3)]
    [InlineData(0, 5, 1, 2, 3, 5, 5, 5)]
    public void S2_a_run_is_no_longer_than_the_failures_and_the_longest_is_no_shorter_than_the_others(
        long successes, long failures, long first, long last, long longest, long cleanFirst, long cleanLast, long cleanLongest)
    {
        var clean = Clean(new OutcomeTally { Counts = new() { Successes = successes, Failures = failures }, FirstRun = first, LastRun = last, LongestRun = longest });

        Assert.Equal((cleanFirst, cleanLast, cleanLongest), (clean.FirstRun, clean.LastRun, clean.LongestRun));
    }

    [Theory]
    [InlineData(true, 5, 5)]
    [InlineData(true, -5, 0)]
    [InlineData(true, long.MaxValue, MaxCount)]
    [InlineData(false, 5, 0)]
    public void C8_only_a_worker_that_decided_alone_has_probes_of_its_own(bool local, long probes, long clean) =>
        Assert.Equal(clean, CleanParts([new GenerationTally { Local = local, LocalProbes = probes, Tally = OutcomeTally.Empty }])[0].LocalProbes);

    [Fact]
    public void Parts_that_are_missing_or_unknown_are_left_out_and_no_more_than_1024_are_taken()
    {
        var part = new GenerationTally { Tally = OutcomeTally.Success };

        Assert.Equal([part], CleanParts([null!, new GenerationTally { Tally = null! }, part]));
        Assert.Equal(1024, CleanParts([.. Enumerable.Repeat(part, 1025)]).Length);
        Assert.Empty(CleanParts(default));
        Assert.Empty(CleanProbes([null!, new ProbeOutcome { Result = (ProbeResult)4 }]));
        Assert.Equal(1024, CleanProbes([.. Enumerable.Repeat(new ProbeOutcome(), 1025)]).Length);
        Assert.Empty(CleanProbes(default));
    }

    [Theory]
    [InlineData(TransitionCause.ForceOpen, 60, 60)]
    [InlineData(TransitionCause.ForceClosed, null, null)]
    [InlineData(TransitionCause.ConsecutiveFailures, 60, null)]
    public void S10_the_ttl_of_an_offered_transition_is_that_of_the_sealed_hold(TransitionCause cause, int? hold, int? expected)
    {
        var offer = Offer with
        {
            Seal = [1],
            Hold = hold is { } seconds ? new OperatorHold(TimeSpan.FromSeconds(seconds), DateTimeOffset.UnixEpoch) : null,
            LastTransition = new BreakerTransition
            {
                From = BreakerState.Closed, To = BreakerState.ForcedOpen, Generation = Offer.Generation, At = DateTimeOffset.UnixEpoch, Cause = cause, Ttl = TimeSpan.FromDays(1000),
            },
        };

        Assert.Equal(expected is { } ttl ? TimeSpan.FromSeconds(ttl) : null, WireLimits.Clean(offer)!.LastTransition!.Ttl);
    }

    [Fact]
    public void The_duration_of_a_probe_is_clamped_where_it_has_one()
    {
        TimeSpan? Clean(TimeSpan? duration) => CleanProbes([new ProbeOutcome { Duration = duration }])[0].Duration;

        Assert.Null(Clean(null));
        Assert.Equal(TimeSpan.Zero, Clean(TimeSpan.FromTicks(-1)));
        Assert.Equal(MaxDuration, Clean(TimeSpan.MaxValue));
    }

    [Fact]
    public void A_name_has_1_to_128_characters_and_no_control_characters()
    {
        Assert.Equal("unnamed", Name(null!));
        Assert.Equal("unnamed", Name(" "));
        Assert.Equal("a?b", Name("a\nb"));
        Assert.Equal(new string('x', 128), Name(new string('x', 129)));
        Assert.Equal("unnamed", WireLimits.Clean(Request with { Worker = "" }).Worker);

        static string Name(string name) => WireLimits.Clean(Report with { Worker = name }).Worker;
    }

    [Fact]
    public void C4_the_number_of_a_report_is_not_negative() => Assert.Equal(0, WireLimits.Clean(Report with { Number = -3 }).Number);

    [Fact]
    public void C7_only_an_offer_that_has_all_its_parts_is_looked_at()
    {
        Assert.Equal(Offer, Cleaned(Offer));
        Assert.Equal(Offer, WireLimits.Clean(Request with { Claim = new BreakerClaim { Offer = Offer } }).Claim.Offer);
        Assert.True(IsLookedAt(Offer with { Lineage = Of(Lineage.Capacity) }));
        Assert.Null(Cleaned(null));
        Assert.False(IsLookedAt(Offer with { Component = null! }));
        Assert.False(IsLookedAt(Offer with { Lineage = null! }));
        Assert.False(IsLookedAt(Offer with { Lineage = new Lineage { Tips = default } }));
        Assert.False(IsLookedAt(Offer with { Lineage = Of(Lineage.Capacity + 1) }));
        Assert.True(IsLookedAt(Offer with { Seal = [.. new byte[64]] }));
        Assert.False(IsLookedAt(Offer with { Seal = [.. new byte[65]] }));
        Assert.True(IsLookedAt(After(Transition with { Worker = new string('w', 128), Actor = new string('a', OperatorCommand.MaxActorLength), Reason = new string('r', OperatorCommand.MaxReasonLength) })));
        Assert.False(IsLookedAt(After(Transition with { Worker = new string('w', 129) })));
        Assert.False(IsLookedAt(After(Transition with { Actor = new string('a', OperatorCommand.MaxActorLength + 1) })));
        Assert.False(IsLookedAt(After(Transition with { Reason = new string('r', OperatorCommand.MaxReasonLength + 1) })));
        Assert.Equal(new BreakerClaim(), WireLimits.Clean((BreakerClaim?)null));

        // What cannot be an offer is of no component: it is refused.
        static bool IsLookedAt(BreakerSnapshot offer) => Cleaned(offer)!.Component.Length > 0;
        static BreakerSnapshot After(BreakerTransition last) => Offer with { LastTransition = last };
        static BreakerSnapshot? Cleaned(BreakerSnapshot? offer) => WireLimits.Clean(new BreakerClaim { Offer = offer }).Offer;
        static Lineage Of(int tips) => new() { Tips = [.. Enumerable.Range(1, tips).Select(number => new Generation(number, Guid.NewGuid()))] };
    }

    [Fact]
    public void C5_a_hub_that_does_not_exist_is_refused_and_the_error_says_so()
    {
        var attachment = new HubAttachment { Hub = GrainKeys.Hub(GrainKeys.HubCount), Claim = new BreakerClaim() };

        Assert.Contains("hub does not exist", Assert.Throws<ArgumentException>(() => WireLimits.Clean(attachment)).Message, StringComparison.Ordinal);
        Assert.Equal(1, WireLimits.Clean(attachment with { Hub = GrainKeys.Hub(1), Workers = 1 }).Workers);
    }

    [Fact]
    public void C5_a_hub_says_minus_one_of_a_breaker_of_which_it_has_nothing_and_nothing_below()
    {
        Assert.Equal(-1, WireLimits.Clean(new HubPushAnswer { Revision = -1 }).Revision);
        Assert.Equal(-1, WireLimits.Clean(new HubPushAnswer { Revision = long.MinValue }).Revision);
        Assert.Equal(BreakerMachine.MaxRevision, WireLimits.Clean(new HubPushAnswer { Revision = long.MaxValue }).Revision);
    }

    [Fact]
    public void A_snapshot_that_is_not_whole_is_not_handed_on_and_the_error_says_so() => Assert.Contains(
        "incomplete", Assert.Throws<ArgumentException>(() => WireLimits.ThrowUnlessWhole(Offer with { Lineage = null! })).Message, StringComparison.Ordinal);

    private static BreakerTransition Transition { get; } = new()
    {
        From = BreakerState.Closed, To = BreakerState.Open, Generation = Offer.Generation, At = DateTimeOffset.UnixEpoch, Cause = TransitionCause.ConsecutiveFailures,
    };

    private static PermitRequest Request => new() { Session = Guid.NewGuid(), Worker = "w", Claim = new BreakerClaim() };

    private static OutcomeTally Clean(OutcomeTally tally) => CleanParts([new GenerationTally { Tally = tally }])[0].Tally;

    private static ImmutableArray<GenerationTally> CleanParts(ImmutableArray<GenerationTally> parts) => WireLimits.Clean(Report with { Tallies = parts }).Tallies;

    private static ImmutableArray<ProbeOutcome> CleanProbes(ImmutableArray<ProbeOutcome> probes) => WireLimits.Clean(Report with { Probes = probes }).Probes;
}
