using System.Text.Json;
using CsCheck;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>A worker that lies hurts nobody but itself: what it says is refused or clamped, honest workers are counted on, and the
/// breaker opens and closes as ever.</summary>
public sealed class AuthorityCoreHostileTests
{
    private const int MostRowCharacters = 200_000;

    private static readonly BreakerSettings Settings = new()
    {
        FailureThreshold = 3,
        SuccessThreshold = 2,
        OpenDuration = TimeSpan.FromSeconds(10),
        FailureRateThreshold = 1,
        MinimumCalls = 1_000_000,
    };

    [Fact]
    public void Whatever_is_said_honest_workers_are_counted_and_the_breaker_never_sticks() =>
        Gen.ULong.Array[1, 40].ForAll(400, steps => new Run(storeAnswers: true).Play(steps), shrinks: 200);

    [Fact]
    public void C7_the_same_while_the_store_is_down_and_what_is_stored_later_is_sound() =>
        Gen.ULong.Array[1, 40].ForAll(200, steps => new Run(storeAnswers: false).Play(steps), shrinks: 200);

    [Fact]
    public void S14_a_report_of_endless_durations_does_not_keep_others_from_being_counted()
    {
        var rig = new AuthorityRig(Settings);
        var liar = new WorkerRig(rig, "liar");
        var endless = new OutcomeTally { Counts = new() { Successes = long.MaxValue, TimedCalls = 1, TotalDuration = TimeSpan.MaxValue } };
        for (var report = 0; report < 3; report++)
        {
            var part = new GenerationTally { Generation = rig.Details.Generation, Tally = endless };
            liar.Send(liar.Make(endless) with { Tallies = [.. Enumerable.Repeat(part, 100_000)] });
        }

        new WorkerRig(rig).Fail(3);

        Assert.Equal((BreakerState.Open, 3L), (rig.State, rig.Details.Totals.Failures));
        Assert.True(rig.Details.Totals.TotalDuration > TimeSpan.Zero);
    }

    [Fact]
    public void S5_a_forged_permit_settles_nobodys_probe()
    {
        var rig = new AuthorityRig(Settings);
        new WorkerRig(rig).Fail(3);
        rig.Clock.Pass(10);
        rig.Core.Advance(rig.Clock.Now);
        var (honest, liar) = (new WorkerRig(rig), new WorkerRig(rig, "liar"));
        var permit = honest.Ask().Permit!;

        liar.Settle(permit, ProbeResult.Failure);
        Assert.Equal(BreakerState.HalfOpen, rig.State);
        liar.Settle(permit, ProbeResult.Success);
        liar.Settle(permit with { Id = 2 }, ProbeResult.Success);
        Assert.Equal(BreakerState.HalfOpen, rig.State);

        honest.Settle(permit, ProbeResult.Success);
        honest.Settle(honest.Ask().Permit!, ProbeResult.Success);
        Assert.Equal(BreakerState.Closed, rig.State);
    }

    [Fact]
    public void C5_hubs_that_do_not_exist_are_refused_and_absurd_numbers_of_workers_clamped()
    {
        var rig = new AuthorityRig(Settings);
        Assert.Throws<ArgumentException>(() => rig.Attach(new BreakerClaim(), "hub/16", workers: 1));
        Assert.Throws<ArgumentException>(() => rig.Attach(new BreakerClaim(), new string('x', 1_000_000), workers: 1));

        rig.Attach(new BreakerClaim(), GrainKeys.Hub(1), int.MaxValue);
        rig.Attach(new BreakerClaim(), GrainKeys.Hub(2), int.MaxValue);

        Assert.InRange(rig.Details.Workers, 1, int.MaxValue);
        Assert.True(rig.Core.MustStay);
    }

    [Fact]
    public void C7_an_offer_that_cannot_be_one_is_refused_and_so_let_go_of()
    {
        var rig = Reborn(out var genuine);
        BreakerSnapshot[] broken =
        [
            genuine with { Lineage = null! }, genuine with { Component = null! }, genuine with { Seal = default },
            genuine with { Lineage = genuine.Lineage with { Tips = default } }, genuine with { Lineage = genuine.Lineage with { Tips = [.. new Generation[100_000]] } },
            genuine with { LastTransition = genuine.LastTransition! with { Reason = new string('x', 10_000_000) } },
        ];
        var newer = genuine.Generation with { Number = 9 };

        Assert.All(broken, offer => Assert.Equal(
            OfferVerdict.Refused, rig.Attach(new BreakerClaim { Generation = newer, Offer = offer with { Generation = newer } }).Verdict));
    }

    [Fact]
    public void C10_a_made_up_remaining_time_is_no_error_and_delays_nothing()
    {
        var rig = Reborn(out _);
        rig.Clock.Pass(1);
        rig.Attach(new BreakerClaim { Generation = rig.Details.Generation, Revision = 1, Remaining = TimeSpan.MaxValue });
        new WorkerRig(rig).Send(new WorkerRig(rig).Make(OutcomeTally.Empty, claim: new BreakerClaim { Generation = rig.Details.Generation, Remaining = TimeSpan.MaxValue }));

        rig.Clock.Pass(10);
        rig.Core.Advance(rig.Clock.Now);

        Assert.Equal(BreakerState.HalfOpen, rig.State);
    }

    [Fact]
    public void C5_a_replayed_snapshot_with_an_absurd_revision_does_not_put_the_authority_behind()
    {
        var old = new AuthorityRig(Settings);
        new WorkerRig(old).Fail(3);
        var genuine = old.Snapshot();
        var rig = new AuthorityRig(Settings, storeAnswers: false);

        rig.Attach(new BreakerClaim { Generation = genuine.Generation, Revision = long.MaxValue, Offer = genuine with { Revision = long.MaxValue, Remaining = TimeSpan.MaxValue } });

        Assert.Equal((BreakerState.Open, genuine.Generation), (rig.State, rig.Details.Generation));
        Assert.InRange(rig.Snapshot().Revision, genuine.Revision + 1, long.MaxValue / 2);
    }

    [Fact]
    public void C4_a_flood_of_made_up_sessions_is_bounded_in_memory_and_in_the_row()
    {
        var rig = new AuthorityRig(Settings);
        var honest = new WorkerRig(rig);
        var first = honest.Make(OutcomeTally.Success);
        honest.Send(first);
        for (var flood = 0; flood < 50_000; flood++)
        {
            rig.Core.Report(
                new WorkerReport { Session = Guid.NewGuid(), Worker = "x", Number = long.MaxValue, Claim = new BreakerClaim() }, rig.Clock.Now);
            if (flood % 5000 == 0)
            {
                rig.Clock.Pass(1);
                honest.Send(first with { Number = 0, Tallies = [] });
            }
        }

        // The honest worker spoke up in between: its retry is still known for what it is.
        Assert.Equal(1, honest.Send(first).Number);
        Assert.Equal(1, rig.Details.Totals.Successes);
        rig.Clock.Pass(30);
        Assert.InRange(rig.Store().Sessions.Length, 1, WorkerSessions.Capacity);
    }

    [Fact]
    public void S14_what_a_worker_calls_itself_is_cut_and_cleaned_in_the_history()
    {
        var rig = new AuthorityRig(Settings);
        new WorkerRig(rig, new string('a', 126) + "\n\ud83d\ude00" + new string('x', 10_000_000)).Fail(3);

        Assert.Equal(new string('a', 126) + "?\ufffd", rig.Core.History[^1].Worker);
    }

    private static AuthorityRig Reborn(out BreakerSnapshot genuine)
    {
        var old = new AuthorityRig(Settings);
        new WorkerRig(old).Fail(3);
        genuine = old.Snapshot();
        return new AuthorityRig(Settings, old.Store());
    }

    /// <summary>One sequence of honest and hostile inputs.</summary>
    private sealed class Run
    {
        private readonly AuthorityRig _rig;
        private readonly WorkerRig[] _honest;
        private readonly Guid[] _hostile = [Guid.NewGuid(), Guid.NewGuid(), Guid.Empty];
        private readonly List<(WorkerRig Worker, ProbePermit Permit)> _held = [];
        private BreakerSnapshot _old;
        private StoredBreaker? _row;
        private CallCounts _totals = CallCounts.Zero;

        public Run(bool storeAnswers)
        {
            _rig = new AuthorityRig(Settings, storeAnswers: storeAnswers);
            _honest = [new(_rig, "a"), new(_rig, "b")];
            _old = _rig.Snapshot();
        }

        public void Play(ulong[] steps)
        {
            foreach (var step in steps)
            {
                var number = _rig.Details.Generation.Number;
                var draw = new Hostile(step);
                Do(draw);
                CarryOut();
                Check(number);
            }

            if (!_rig.Core.StoreWasRead)
            {
                _rig.Core.ReadSucceeded(null, _rig.Clock.Now);
            }

            Assert.NotNull(_row ?? Written());
            ComesToRest(_rig);

            // Another activation goes on from the row, whatever was in it.
            var stored = JsonSerializer.Deserialize<StoredBreaker>(JsonSerializer.Serialize(_row))!;
            ComesToRest(new AuthorityRig(Settings, stored, clock: _rig.Clock));
        }

        private void Do(Hostile draw)
        {
            var session = draw.Chance(6) ? draw.Id() : _hostile[draw.Below(_hostile.Length)];
            var known = draw.Chance(3) ? _old : _rig.Snapshot();
            switch (draw.Below(12))
            {
                case 0 or 1 or 2:
                    Refusable(() => _rig.Core.Report(draw.Report(known, session), _rig.Clock.Now));
                    break;
                case 3 or 4:
                    Refusable(() => _rig.Core.RequestPermit(draw.Request(known, session), _rig.Clock.Now));
                    break;
                case 5 or 6:
                    Refusable(() => _rig.Core.Attach(draw.Attachment(known), _rig.Clock.Now));
                    break;
                case 7:
                    Refusable(() => _rig.Core.Report(null!, _rig.Clock.Now));
                    Refusable(() => _rig.Core.RequestPermit(null!, _rig.Clock.Now));
                    Refusable(() => _rig.Core.Attach(null!, _rig.Clock.Now));
                    break;
                case 8:
                    _old = known;
                    _rig.Clock.Pass(draw.Below(12));
                    _rig.Core.Advance(_rig.Clock.Now);
                    break;
                case 9:
                    var asking = _honest[draw.Below(2)];
                    if (asking.Ask().Permit is { } permit)
                    {
                        _held.Add((asking, permit));
                    }

                    break;
                case 10 when _held.Count > 0:
                    var (worker, held) = _held[^1];
                    _held.RemoveAt(_held.Count - 1);
                    worker.Settle(held, draw.Chance(3) ? ProbeResult.Failure : ProbeResult.Success);
                    break;
                default:
                    HonestReport(_honest[draw.Below(2)], draw.Chance(2));
                    break;
            }
        }

        private void HonestReport(WorkerRig worker, bool fails)
        {
            var before = _rig.Details.Totals;
            var answer = fails ? worker.Fail() : worker.Succeed();
            var after = _rig.Details.Totals;
            Assert.NotEqual(OfferVerdict.Refused, answer.Verdict);
            Assert.Equal(Math.Min(before.Failures + (fails ? 1 : 0), RunningTotals.Most), after.Failures);
            Assert.Equal(Math.Min(before.Successes + (fails ? 0 : 1), RunningTotals.Most), after.Successes);
        }

        /// <summary>What the grain does after each input: it must never throw, for then nobody would be told anything any more.</summary>
        private void CarryOut()
        {
            var effects = _rig.Effects();
            _ = Wake.In(effects.NextWake, _rig.Clock.Now);
            _ = _rig.Core.MustStay;
            if (effects.Write is { } row)
            {
                _row = row;
                Assert.InRange(JsonSerializer.Serialize(row).Length, 1, MostRowCharacters);
                _rig.Core.WriteSucceeded(_rig.Clock.Now);
            }
        }

        private void Check(long numberBefore)
        {
            var details = _rig.Details;
            var totals = details.Totals;
            Assert.InRange(details.Generation.Number, numberBefore, numberBefore + 3);
            Assert.True(Enum.IsDefined(details.State));
            Assert.True(_rig.Core.History.Length <= 100);
            Assert.All(_rig.Core.History, transition => Assert.True((transition.Worker?.Length ?? 0) <= 128));
            Assert.InRange(details.ProbesOutstanding, 0, Settings.EffectiveMaxProbes);
            Assert.InRange(details.Workers, 0, int.MaxValue);
            Assert.InRange(details.ConsecutiveFailures, 0, long.MaxValue);
            Assert.InRange(_rig.Snapshot().Revision, 0, long.MaxValue / 2);
            Assert.Equal(details.Remaining is null, details.State != BreakerState.Open);
            Assert.InRange(details.Remaining ?? TimeSpan.Zero, TimeSpan.Zero, Settings.OpenDuration);
            Assert.InRange(totals.Calls, _totals.Calls, long.MaxValue);
            foreach (var (before, after) in Fields(_totals).Zip(Fields(totals)))
            {
                Assert.InRange(after, before, RunningTotals.Most);
            }

            _totals = totals;
        }

        private StoredBreaker Written()
        {
            _rig.Clock.Pass(3600);
            _rig.Core.Advance(_rig.Clock.Now);
            CarryOut();
            return _row!;
        }

        private static long[] Fields(CallCounts totals) =>
        [
            totals.Successes, totals.Failures, totals.Ignored, totals.Rejected, totals.Slow, totals.Late, totals.Probes, totals.TimedCalls,
            totals.TotalDuration.Ticks,
        ];

        /// <summary>Left to honest workers it closes, opens at their failures, and closes again.</summary>
        private static void ComesToRest(AuthorityRig rig)
        {
            var worker = new WorkerRig(rig, "honest");
            Heal();
            worker.Fail(3);
            Assert.Equal(BreakerState.Open, rig.State);
            Heal();

            void Heal()
            {
                for (var round = 0; rig.State != BreakerState.Closed; round++)
                {
                    Assert.True(round < 10, $"it is still {rig.State}");
                    rig.Clock.Pass(10);
                    rig.Core.Advance(rig.Clock.Now);
                    while (rig.State == BreakerState.HalfOpen && worker.Ask().Permit is { } permit)
                    {
                        worker.Settle(permit, ProbeResult.Success);
                    }
                }
            }
        }
    }

    /// <summary>A refusal by an argument's exception reaches the caller alone; any other would be a defect.</summary>
    private static void Refusable(Action say)
    {
        try
        {
            say();
        }
        catch (ArgumentException)
        {
        }
    }
}
