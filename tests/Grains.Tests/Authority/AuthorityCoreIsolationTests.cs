using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>S25a through the authority: what workers are told, what is stored and sealed.</summary>
public sealed class AuthorityCoreIsolationTests
{
    private static readonly BreakerSettings Settings = new() { FailureThreshold = 2, SuccessThreshold = 1, OpenDuration = TimeSpan.FromSeconds(10) };

    private readonly AuthorityRig _rig = new(Settings);
    private readonly WorkerRig _broken;
    private readonly WorkerRig _sound;
    private StoredBreaker? _stored;

    public AuthorityCoreIsolationTests() => (_broken, _sound) = (new WorkerRig(_rig, "broken"), new WorkerRig(_rig, "sound"));

    [Fact]
    public void S25a_the_answer_to_the_report_that_would_open_again_isolates_its_worker_and_all_hubs_are_told()
    {
        Suspect();

        var answer = _broken.Fail(2);

        Assert.Equal(("broken", new Reporter(_broken.Session, "broken").Key), (answer.Snapshot?.IsolatedWorker, answer.Snapshot?.IsolatedKey));
        Assert.Equal((BreakerState.Closed, "broken"), (_rig.Details.State, _rig.Details.IsolatedWorker));
        var effects = _rig.Effects();
        Assert.Equal("broken", effects.Snapshot?.IsolatedWorker);
        Assert.Equal(TransitionCause.WorkerIsolated, Assert.Single(effects.Transitions).Cause);
        Assert.Equal("broken", effects.Write?.Machine.Isolated?.Name);
    }

    [Fact]
    public void S25a_the_session_is_never_told_to_others()
    {
        Suspect();
        var snapshot = _broken.Fail(2).Snapshot!;

        Assert.DoesNotContain(BitConverter.ToInt64(_broken.Session.ToByteArray()), new[] { snapshot.IsolatedKey });
        Assert.DoesNotContain(BitConverter.ToInt64(_broken.Session.ToByteArray(), 8), new[] { snapshot.IsolatedKey });
    }

    [Fact]
    public void S25a_a_report_that_the_own_circuit_has_closed_ends_the_isolation_once()
    {
        Isolate();
        var recovered = _broken.Make(OutcomeTally.Empty) with { Tallies = [], OwnCircuit = BreakerState.Closed };

        _broken.Send(recovered);
        var generation = _rig.Details.Generation;
        Assert.Null(_rig.Details.IsolatedWorker);

        // A retry is the same report: it says nothing new.
        _broken.Send(recovered);
        Assert.Equal(generation, _rig.Details.Generation);
    }

    [Fact]
    public void S25a_an_old_report_of_the_own_circuit_that_arrives_late_is_not_believed()
    {
        Isolate();
        var old = _broken.Make(OutcomeTally.Empty) with { Tallies = [], OwnCircuit = BreakerState.Closed };
        _broken.Send(_broken.Make(OutcomeTally.Empty) with { Tallies = [], OwnCircuit = BreakerState.Open });

        _broken.Send(old);

        Assert.Equal("broken", _rig.Details.IsolatedWorker);
    }

    [Fact]
    public void S25a_an_isolation_survives_the_silo()
    {
        Isolate();
        var stored = _rig.Store();
        var successor = new AuthorityRig(Settings, stored);
        Assert.Equal("broken", successor.Details.IsolatedWorker);

        successor.Core.Report(_broken.Make(new OutcomeTally { Counts = new() { Failures = 9 }, FirstRun = 9, LastRun = 9, LongestRun = 9 }, successor.Details.Generation), successor.Clock.Now);
        Assert.Equal(BreakerState.Closed, successor.State);
    }

    [Fact]
    public void S25a_a_suspicion_survives_a_store_that_is_read_late()
    {
        Suspect();
        var successor = new AuthorityRig(Settings, storeAnswers: false);
        successor.Core.ReadSucceeded(_stored, successor.Clock.Now);

        var broken = new GenerationTally { Generation = successor.Details.Generation, Tally = new OutcomeTally { Counts = new() { Failures = 2 }, FirstRun = 2, LastRun = 2, LongestRun = 2 } };
        successor.Core.Report(_broken.Make(OutcomeTally.Empty) with { Tallies = [broken] }, successor.Clock.Now);

        Assert.Equal("broken", successor.Details.IsolatedWorker);
    }

    [Fact]
    public void C7_the_seal_covers_who_is_isolated()
    {
        Isolate();
        var snapshot = _rig.Snapshot();

        Assert.True(AuthorityRig.Sealer.IsValid(snapshot));
        Assert.False(AuthorityRig.Sealer.IsValid(snapshot with { IsolatedWorker = "sound" }));
        Assert.False(AuthorityRig.Sealer.IsValid(snapshot with { IsolatedKey = snapshot.IsolatedKey + 1 }));
        Assert.False(AuthorityRig.Sealer.IsValid(snapshot with { IsolatedWorker = null }));
    }

    [Fact]
    public void S25a_the_suspect_is_told_how_long_to_wait_for_a_probe_and_another_worker_gets_it()
    {
        _sound.Succeed();
        _broken.Fail(2);
        _rig.Clock.Pass(10);

        Assert.Equal((null, TimeSpan.FromSeconds(1)), (_broken.Ask().Permit, _broken.Ask().Wait));
        var answer = _sound.Ask();
        Assert.NotNull(answer.Permit);
        Assert.Null(answer.Wait);
    }

    [Fact]
    public void A_report_of_an_own_circuit_in_a_state_that_does_not_exist_says_nothing()
    {
        Isolate();

        _broken.Send(_broken.Make(OutcomeTally.Empty) with { Tallies = ImmutableArray<GenerationTally>.Empty, OwnCircuit = (BreakerState)99 });

        Assert.Equal("broken", _rig.Details.IsolatedWorker);
    }

    private void Suspect()
    {
        _sound.Succeed();
        _broken.Fail(2);
        Assert.Equal(BreakerState.Open, _rig.State);
        _rig.Clock.Pass(10);
        _sound.Settle(_sound.Ask().Permit!, ProbeResult.Success);
        Assert.Equal(BreakerState.Closed, _rig.State);
        _stored = _rig.Store();
    }

    private void Isolate()
    {
        Suspect();
        _broken.Fail(2);
        Assert.Equal("broken", _rig.Details.IsolatedWorker);
    }
}
