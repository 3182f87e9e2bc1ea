using CsCheck;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S1–S14: whole sequences of inputs, against a reference that was written independently.</summary>
public sealed class BreakerMachineTests(ITestOutputHelper output)
{
    private const int Sequences = 4000;

    private static readonly string[] Workers = ["a", "b", "c"];

    private static readonly Gen<string> Batch = Gen.Frequency(
        (4, OneOf("f", "ff", "fff", "m")),
        (3, OneOf("s", "l")),
        (3, Gen.Char["sfilrm"].Array[0, 12].Select(outcomes => new string(outcomes))));

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (6, Gen.Select(Gen.Int[0, 2], Batch, Gen.Frequency((8, Gen.Const(0)), (1, Gen.Const(1)), (1, Gen.Const(2)), (1, Gen.Const(3))), Gen.Bool)
            .Select((worker, outcomes, of, late) => (Step)new ReportStep(worker, outcomes, (ReportOf)of, late))),
        (2, Gen.Select(Gen.Int[0, 2], Gen.Bool).Select((worker, closed) => (Step)new OwnStep(worker, closed))),
        (2, Gen.Select(Gen.Int[0, 2], Gen.Bool).Select((worker, isHelped) => (Step)new LoneStep(worker, isHelped))),
        (4, Gen.Frequency((3, Gen.Const(-1.0)), (2, OneOf(0.25, 0.5, 1.0, 3.0)), (1, OneOf(8.0, 30.0)))
            .Select(Gen.Bool).Select((seconds, punctual) => (Step)new TimeStep(seconds, punctual))),
        (5, Gen.Int[0, 2].Select(worker => (Step)new AskStep(worker))),
        (5, Gen.Select(Gen.Int[0, 40], Gen.Frequency((5, Gen.Const(ProbeResult.Success)), (2, Gen.Const(ProbeResult.Failure)), (1, Gen.Const(ProbeResult.Ignored)), (1, Gen.Const(ProbeResult.Unused))), Gen.Bool, Gen.Bool)
            .Select((which, result, report, late) => (Step)new SettleStep(which, result, report, late))),
        (1, Gen.Select(Gen.Int[0, 3], OneOf<double?>(null, 1, 5)).Select((kind, ttl) => (Step)new CommandStep((CommandKind)kind, ttl))),
        (1, Gen.Int[0, PolicyCount - 1].Select(policy => (Step)new PolicyStep(policy))),
        (1, Gen.Const((Step)new RestartStep())));

    private static readonly Gen<(int Policy, Step[] Steps)> Sequence = Gen.Select(Gen.Int[0, PolicyCount - 1], Steps.Array[1, 60]);

    private const int PolicyCount = 6;

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private enum ReportOf
    {
        Current = 0,
        Another = 1,
        Local = 2,
        Tripped = 3,
    }

    [Fact]
    public void The_machine_and_the_reference_agree_after_every_step_of_every_sequence()
    {
        var reached = new Dictionary<(BreakerState From, BreakerState To), int>();
        var causes = new Dictionary<TransitionCause, int>();
        var halfOpen = 0;
        Sequence.ForAll(
            Sequences,
            sequence =>
            {
                var run = new Run(Policy(sequence.Policy));
                foreach (var step in sequence.Steps)
                {
                    run.Do(step);
                    run.Compare(step);
                }

                halfOpen += run.Reference.Kinds.Keys.Any(kind => kind.To == BreakerState.HalfOpen) ? 1 : 0;
                foreach (var kind in run.Reference.Kinds.Keys)
                {
                    reached[kind] = reached.GetValueOrDefault(kind) + 1;
                }

                foreach (var cause in run.Causes)
                {
                    causes[cause] = causes.GetValueOrDefault(cause) + 1;
                }
            });

        output.WriteLine($"{Sequences} sequences, {halfOpen} reached HalfOpen ({100.0 * halfOpen / Sequences:0} %)");
        foreach (var (kind, count) in reached.OrderByDescending(kind => kind.Value))
        {
            output.WriteLine($"  {kind.From} -> {kind.To}: in {count} sequences");
        }

        foreach (var (cause, count) in causes.OrderByDescending(cause => cause.Value))
        {
            output.WriteLine($"  by {cause}: in {count} sequences");
        }

        if (SeededCheck.IsPartial)
        {
            return;
        }

        Assert.True(halfOpen > Sequences * 4 / 10, $"only {halfOpen} of {Sequences} sequences reached HalfOpen: the suite proves little");
        TransitionCause[] expected = [.. Enum.GetValues<TransitionCause>().Except([TransitionCause.Merged])];
        Assert.All(expected, cause => Assert.True(causes.GetValueOrDefault(cause) >= 20, $"{cause} was reached in {causes.GetValueOrDefault(cause)} sequences"));
        Assert.True(reached.Count >= 16, $"only {reached.Count} kinds of transition were reached");
    }

    private static BreakerPolicy Policy(int which)
    {
        var settings = new BreakerSettings
        {
            FailureThreshold = which switch { 0 => 3, 1 => 1, 2 => 2, _ => 5 },
            OpenDuration = TimeSpan.FromSeconds(which == 2 ? 0.5 : 2),
            SuccessThreshold = which == 1 ? 1 : 2,
            HalfOpenMaxProbes = which switch { 0 => null, 1 => 3, 2 => 1, _ => 2 },
            ProbeLease = which is 0 or 4 ? null : TimeSpan.FromSeconds(1),
            FailureRateThreshold = which is 3 or 5 ? 0.5 : null,
            SlowCallRateThreshold = which is 4 or 5 ? 0.4 : null,
            SlowCallDuration = which is 4 or 5 ? TimeSpan.FromSeconds(1) : null,
            Window = TimeSpan.FromSeconds(4),
            MinimumCalls = 4,
        };
        return new BreakerPolicy
        {
            Settings = settings,
            MinTransitionInterval = TimeSpan.FromSeconds(which switch { 0 => 1, 2 => 3, 4 => 0.25, _ => 0 }),
            Enabled = true,
            Version = which,
        };
    }

    private abstract record Step;

    private sealed record ReportStep(int Worker, string Outcomes, ReportOf Of, bool Late) : Step;

    /// <summary>A worker reports the state of its own circuit.</summary>
    private sealed record OwnStep(int Worker, bool IsClosed) : Step;

    /// <summary>The whole story of a worker that fails alone, as far as the state that it finds lets it.</summary>
    private sealed record LoneStep(int Worker, bool IsHelped) : Step;

    private sealed record TimeStep(double Seconds, bool Punctual) : Step;

    private sealed record AskStep(int Worker) : Step;

    private sealed record SettleStep(int Which, ProbeResult Result, bool ByReport, bool Late) : Step;

    private sealed record CommandStep(CommandKind Kind, double? Ttl) : Step;

    private sealed record PolicyStep(int Which) : Step;

    private sealed record RestartStep : Step;

    /// <summary>One sequence, played to both.</summary>
    private sealed class Run
    {
        private readonly Dictionary<string, Guid> _sessions = Workers.ToDictionary(worker => worker, _ => Guid.NewGuid());
        private readonly List<(ProbePermit Permit, int Worker)> _permits = [];
        private BreakerMachine _machine;
        private BreakerPolicy _policy;
        private readonly TestClock _clock = new();

        public Run(BreakerPolicy policy)
        {
            _policy = policy;
            Reference = new ReferenceModel(policy);
            _machine = new BreakerMachine("c", policy, Guid.NewGuid(), Now);
        }

        public ReferenceModel Reference { get; }

        public IEnumerable<TransitionCause> Causes => _machine.History.Select(transition => transition.Cause).Distinct();

        private Moment Now => _clock.Now;

        private double Seconds => _clock.Elapsed.TotalSeconds;

        public void Do(Step step)
        {
            switch (step)
            {
                case ReportStep report:
                    Report(report);
                    break;
                case TimeStep time:
                    Pass(time);
                    break;
                case AskStep ask:
                    var permit = _machine.RequestPermit(Reporter(ask.Worker), Now);
                    Assert.Equal(Reference.Ask(Workers[ask.Worker], Seconds), (int?)permit?.Id);
                    if (permit is not null)
                    {
                        _permits.Add((permit, ask.Worker));
                    }

                    break;
                case OwnStep own:
                    _machine.Report(Reporter(own.Worker), [], [], Now, own.IsClosed ? BreakerState.Closed : BreakerState.Open);
                    Reference.Own(Workers[own.Worker], own.IsClosed, Seconds);
                    break;
                case LoneStep lone:
                    foreach (var part in Story(lone))
                    {
                        Do(part);
                        Compare(part);
                    }

                    break;
                case SettleStep settle when _permits.Count > 0:
                    Settle(settle);
                    break;
                case CommandStep command:
                    var ttl = command.Kind is CommandKind.ForceOpen or CommandKind.ForceClosed ? command.Ttl : null;
                    var status = _machine.Command(
                        new OperatorCommand { Kind = command.Kind, Reason = "r", Actor = "a", Ttl = ttl is { } span ? TimeSpan.FromSeconds(span) : null },
                        Now);
                    Assert.Equal(Reference.Command(command.Kind, ttl, Seconds), status);
                    break;
                case PolicyStep policy:
                    // One in two of the last kind switches breakers off.
                    _policy = Policy(policy.Which) with { Enabled = policy.Which != PolicyCount - 1 || _policy.Version == PolicyCount - 1 };
                    _machine.SetPolicy(_policy, Now);
                    Reference.Configure(_policy, Seconds);
                    break;
                case RestartStep:
                    _machine.Advance(Now);
                    Reference.Advance(Seconds);
                    _machine = BreakerMachine.TakeOver("c", _machine.Capture(Now), _policy, Guid.NewGuid(), Now);
                    Reference.TakeOver(Seconds);
                    break;
            }
        }

        public void Compare(Step step)
        {
            var because = $"after {step} at {Seconds} s";
            Assert.True(Reference.State == _machine.State, $"state {_machine.State}, not {Reference.State}, {because}");
            Assert.True(Reference.Number == _machine.Generation.Number, $"generation {_machine.Generation.Number}, not {Reference.Number}, {because}");
            Assert.True(Reference.LastCause is not { } cause || _machine.History[^1].Cause == cause, $"cause {_machine.History.LastOrDefault()?.Cause}, not {Reference.LastCause}, {because}");
            Assert.True(Reference.Isolated == _machine.Isolated?.Name, $"{_machine.Isolated?.Name ?? "nobody"} is isolated, not {Reference.Isolated ?? "nobody"}, {because}");
            Assert.True(Reference.Commands == _machine.CommandNumber, $"command number {_machine.CommandNumber}, not {Reference.Commands}, {because}");
            Assert.True(Reference.FreeProbes == _machine.FreeProbes, $"{_machine.FreeProbes} free probes, not {Reference.FreeProbes}, {because}");
            Assert.True(Reference.Outstanding == _machine.ProbesOutstanding, $"{_machine.ProbesOutstanding} outstanding, not {Reference.Outstanding}, {because}");
            Assert.True(_machine.ProbesOutstanding <= 3, $"more probes than any budget {because}");
            var due = Reference.NextDue is { } at ? TimeSpan.FromSeconds(at) : (TimeSpan?)null;
            Assert.True(due == _machine.NextWake, $"next wake {_machine.NextWake}, not {due}, {because}");
            var totals = _machine.Totals;
            Assert.Equal(
                (Reference.Successes, Reference.Failures, Reference.Ignored, Reference.Rejected, Reference.Late, Reference.ProbesGiven),
                (totals.Successes, totals.Failures, totals.Ignored, totals.Rejected, totals.Late, totals.Probes));
            Assert.Equal(
                Reference.Kinds.OrderBy(kind => kind.Key).Select(kind => new TransitionCount(kind.Key.From, kind.Key.To, kind.Value)),
                _machine.TransitionCounts);
        }

        private Reporter Reporter(int worker) => new(_sessions[Workers[worker]], Workers[worker]);

        private void Report(ReportStep report)
        {
            // What has fallen due comes first: the report is then of the generation that it finds.
            _machine.Advance(Now);
            Reference.Advance(Seconds);
            var generation = report.Of switch
            {
                ReportOf.Another => _machine.Generation with { Incarnation = Guid.NewGuid() },
                ReportOf.Tripped => LastTripped,
                _ => _machine.Generation,
            };
            var tally = new GenerationTally
            {
                Generation = generation,
                Tally = Outcomes.Tally(report.Outcomes),
                Local = report.Of == ReportOf.Local,
                Late = report.Late,
            };
            var before = _machine.Generation;
            _machine.Report(Reporter(report.Worker), [tally], [], Now);
            Reference.Report(
                Workers[report.Worker], report.Outcomes, generation == before, report.Of == ReportOf.Local, report.Of == ReportOf.Tripped, report.Late, Seconds);
        }

        /// <summary>The generation that the last trip ended.</summary>
        private Generation LastTripped
        {
            get
            {
                var history = _machine.History.ToList();
                var trip = history.FindLastIndex(transition => transition is { From: BreakerState.Closed, To: BreakerState.Open });
                return trip > 0 ? history[trip - 1].Generation : Generation.Initial;
            }
        }

        private static IEnumerable<Step> Story(LoneStep lone)
        {
            var other = (lone.Worker + 1) % Workers.Length;
            yield return new ReportStep(other, "ss", ReportOf.Current, Late: false);
            yield return new ReportStep(lone.Worker, "ffffff", ReportOf.Current, Late: false);
            yield return new TimeStep(-1, Punctual: true);
            for (var probe = 0; probe < 2; probe++)
            {
                yield return new AskStep(lone.IsHelped ? other : lone.Worker);
                yield return new SettleStep(-1, ProbeResult.Success, ByReport: true, Late: false);
            }

            yield return new TimeStep(0.25, Punctual: true);
            yield return new ReportStep(lone.Worker, "ffffff", ReportOf.Current, Late: false);
        }

        private void Settle(SettleStep settle)
        {
            var (permit, worker) = settle.Which < 0 ? _permits[^1] : _permits[settle.Which % _permits.Count];
            _machine.Advance(Now);
            Reference.Advance(Seconds);
            var isCurrent = permit.Generation == _machine.Generation;
            if (settle.ByReport || settle.Result != ProbeResult.Unused)
            {
                Reference.Own(Workers[worker], isClosed: false, Seconds);
                _machine.Report(
                    Reporter(worker), [], [new ProbeOutcome { PermitId = permit.Id, Generation = permit.Generation, Result = settle.Result, Late = settle.Late }], Now);
            }
            else
            {
                _machine.ReturnPermit(permit, Reporter(worker), Now);
            }

            Reference.Settle((int)permit.Id, settle.Result, isCurrent, settle.Late, Seconds);
        }

        private void Pass(TimeStep time)
        {
            var until = time.Seconds < 0 ? Reference.NextDue ?? Seconds : Seconds + time.Seconds;
            while (time.Punctual && Reference.NextDue is { } due && due > Seconds && due <= until)
            {
                AdvanceTo(due);
            }

            AdvanceTo(Math.Max(until, Seconds));
        }

        private void AdvanceTo(double seconds)
        {
            _clock.PassTo(TimeSpan.FromSeconds(seconds));
            _machine.Advance(Now);
            Reference.Advance(Seconds);
        }
    }
}
