using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>C2–C4: what is to be reported, in which report, and when again.</summary>
public sealed class OutboxTests
{
    private static readonly Generation One = new(1, Guid.NewGuid());
    private static readonly Generation Two = new(2, Guid.NewGuid());
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly PermitRequests _permits = new();
    private readonly Outbox _outbox;
    private readonly TestClock _clock = new();

    public OutboxTests()
    {
        _outbox = new Outbox(_permits);
        _clock.Pass(10);
    }

    private Moment Now => _clock.Now;

    [Fact]
    public void C3_a_report_has_one_tally_per_generation_oldest_first_and_one_of_what_was_decided_locally()
    {
        Add(Two, OutcomeTally.Failure, localProbes: 1);
        Add(Two, OutcomeTally.Failure);
        Add(One, OutcomeTally.Success);
        Add(Two, OutcomeTally.Success);
        Add(One, OutcomeTally.Success, localProbes: 2);

        var tallies = MustTake().Tallies;

        Assert.Equal([(One, false, 0L), (Two, false, 0L), (Two, true, 3L)], tallies.Select(tally => (tally.Generation, tally.Local, tally.LocalProbes)));
        Assert.Equal(
            [OutcomeTally.Success, OutcomeTally.Failure.Append(OutcomeTally.Success), OutcomeTally.Failure.Append(OutcomeTally.Success)],
            tallies.Select(tally => tally.Tally));
    }

    [Fact]
    public void C2_it_is_sent_when_the_first_thing_is_due_and_not_sooner()
    {
        Assert.Null(_outbox.NextDue);
        Add(One, OutcomeTally.Success);
        Assert.Null(Take());
        _outbox.Due(TimeSpan.FromSeconds(15));
        _outbox.Due(TimeSpan.FromSeconds(12));
        _outbox.Due(TimeSpan.FromSeconds(20));

        Assert.Equal(TimeSpan.FromSeconds(12), _outbox.NextDue);
        _clock.PassTo(TimeSpan.FromSeconds(11.9));
        Assert.Null(Take());
        _clock.PassTo(TimeSpan.FromSeconds(12));
        Assert.NotNull(Take());
        Assert.Null(_outbox.NextDue);
        _outbox.Acknowledged();
        Assert.Null(_outbox.NextDue);
    }

    [Fact]
    public void C4_reports_are_numbered_from_one_and_a_question_has_no_number()
    {
        Add(One, OutcomeTally.Success);
        Assert.Equal(1, Sent().Number);
        Assert.Equal(0, Sent().Number);
        _outbox.Add(new ProbeOutcome { PermitId = 4 });
        var probe = Sent();
        Assert.Equal((2L, 4L), (probe.Number, Assert.Single(probe.Probes).PermitId));
        Assert.Empty(Sent().Probes);

        WorkerReport Sent()
        {
            var report = MustTake();
            _outbox.Acknowledged();
            return report;
        }
    }

    [Fact]
    public void C4_a_report_that_failed_is_sent_again_with_growing_pauses_up_to_a_renewal()
    {
        Add(One, OutcomeTally.Success);
        MustTake();
        Assert.True(_outbox.IsSending);

        Assert.Equal([0.1, 0.2, 0.4, 0.8, 1.6, 2, 2], Enumerable.Range(0, 7).Select(_ => Fail()));
        _outbox.Failed(Now, LongestPause);
        _outbox.RetryNow(Now);
        Assert.Equal(1, Take()!.Number);
        Assert.Equal(0.1, Fail());
        _outbox.Acknowledged();
        Add(One, OutcomeTally.Success);
        Assert.Equal(2, MustTake().Number);
        Assert.Equal(0.1, Fail());

        double Fail()
        {
            Assert.False(_outbox.Failed(Now, LongestPause));
            Assert.False(_outbox.IsSending);
            Assert.Null(Take());
            var pause = _outbox.NextDue!.Value - _clock.Elapsed;
            _clock.Pass(pause);
            Assert.NotNull(Take());
            return Math.Round(pause.TotalSeconds, 3);
        }
    }

    [Fact]
    public void C8_the_silence_is_measured_from_the_first_report_that_was_not_answered()
    {
        Assert.Null(_outbox.SilentSince);
        Add(One, OutcomeTally.Success);
        MustTake();
        _clock.Pass(SessionLimits.ReportRetries);
        Assert.True(_outbox.Failed(Now, LongestPause));
        Assert.Equal(_clock.Elapsed, _outbox.NextDue);
        Take();

        Assert.Equal(TimeSpan.FromSeconds(10), _outbox.SilentSince);
        _outbox.Acknowledged();
        Assert.Null(_outbox.SilentSince);
        Assert.False(_outbox.IsSending);
    }

    [Fact]
    public void C4_a_report_is_dropped_half_an_hour_after_it_was_first_sent()
    {
        Add(One, OutcomeTally.Success);
        MustTake();
        _clock.Pass(SessionLimits.ReportRetries - TimeSpan.FromTicks(1));
        Assert.False(_outbox.Failed(Now, LongestPause));
        Assert.False(_outbox.IsEmpty);
        _clock.Pass(TimeSpan.FromTicks(1));

        Assert.True(_outbox.Failed(Now, LongestPause));
        Assert.True(_outbox.IsEmpty);
    }

    [Fact]
    public void S7_a_request_that_was_given_up_is_told_once()
    {
        _permits.Answered(Ask());
        Assert.True(_outbox.IsEmpty);
        _permits.Abandon(Ask());
        Assert.False(_outbox.IsEmpty);

        var report = MustTake();

        Assert.Equal((1L, new PermitProgress(Answered: 1, Abandoned: 2)), (report.Number, report.Permits));
        _outbox.Acknowledged();
        Assert.True(_outbox.IsEmpty);
    }

    [Fact]
    public void C8_what_the_cluster_admitted_and_has_not_acknowledged_is_known_in_order()
    {
        Add(One, OutcomeTally.Failure);
        MustTake();
        Add(One, OutcomeTally.Success);
        Add(Two, OutcomeTally.Rejection);
        Add(One, OutcomeTally.IgnoredCall, localProbes: 1);

        Assert.Equal([OutcomeTally.Failure, OutcomeTally.Success], _outbox.Unacknowledged(One).Select(tally => tally.Tally));
        _outbox.Acknowledged();
        Assert.Equal([OutcomeTally.Success], _outbox.Unacknowledged(One).Select(tally => tally.Tally));
    }

    [Fact]
    public void S19_a_refusal_drops_everything()
    {
        Add(One, OutcomeTally.Failure);
        MustTake();
        Add(One, OutcomeTally.Failure);
        _outbox.Add(new ProbeOutcome());
        _permits.Abandon(Ask());
        _outbox.Due(_clock.Elapsed);

        _outbox.Clear();

        Assert.True(_outbox.IsEmpty);
        Assert.False(_outbox.IsSending);
        Assert.Null(_outbox.NextDue);
        Assert.Null(_outbox.SilentSince);
    }

    [Fact]
    public void S7_every_probe_that_ended_is_in_the_next_report_in_order()
    {
        _outbox.Add(new ProbeOutcome { PermitId = 4 });
        _outbox.Add(new ProbeOutcome { PermitId = 5 });

        Assert.Equal([4L, 5L], MustTake().Probes.Select(probe => probe.PermitId));
    }

    [Fact]
    public void A_failure_of_no_report_is_none()
    {
        Assert.False(_outbox.Failed(Now, LongestPause));
        Assert.Null(_outbox.NextDue);
    }

    private void Add(Generation generation, OutcomeTally tally, long localProbes = 0) =>
        _outbox.Add(new GenerationTally { Generation = generation, Tally = tally, Local = localProbes > 0, LocalProbes = localProbes });

    private PermitRequest Ask() => _permits.Take(new Reporter(Guid.Empty, "w"), new BreakerClaim(), Now);

    private WorkerReport? Take() => _outbox.Take(new Reporter(Guid.Empty, "w"), new BreakerClaim(), ownCircuit: null, Now);

    private WorkerReport MustTake()
    {
        _outbox.Due(_clock.Elapsed);
        return Take() ?? throw new InvalidOperationException("no report is due");
    }
}
