using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Serialization;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Rehearsal;

/// <summary>Plays a breaker's life once, without a cluster, when a worker starts: a circuit opens perhaps once a month, and the one that
/// does is not to wait while the runtime compiles the code for it.</summary>
internal sealed class WorkerRehearsal : IBreakerLink
{
    private const string Component = "rehearsal";
    private static readonly BreakerPolicy Policy = new() { Settings = new BreakerSettings { FailureThreshold = 2, SuccessThreshold = 1 } };

    private readonly Serializer? _wire;
    private BreakerSnapshot _cluster = BreakerSnapshot.Initial(Component, Policy);

    private WorkerRehearsal(Serializer? wire) => _wire = wire;

    /// <summary>Closed, open, half-open, closed: calls of every kind, decided by the cluster and alone.</summary>
    /// <param name="time">The worker's time.</param>
    /// <param name="wire">The client's serializer; null: the messages are not rehearsed.</param>
    public static async Task PlayAsync(TimeProvider time, Serializer? wire)
    {
        var rehearsal = new WorkerRehearsal(wire);
        var clock = new WorkerClock(time);
        var core = new MirrorCore(Component, Policy, new WorkerRun(Guid.NewGuid(), Component, MirrorTimings.Default, Guid.NewGuid), clock.Now);
        using var mirror = new BreakerMirror(Component, core, OutcomeClassifier.Default, new MirrorContext(rehearsal, clock, NullLogger.Instance, Metrics: null));
        var breaker = mirror.Handle;
        rehearsal.Tell(mirror, BreakerState.Closed, 0);
        await breaker.ExecuteAsync(static _ => ValueTask.FromResult(1)).ConfigureAwait(false);
        await breaker.ExecuteAsync(static async _ => await Task.Yield()).ConfigureAwait(false);
        await FailAsync(breaker).ConfigureAwait(false);
        rehearsal.Tell(mirror, BreakerState.Open, 1);
        await BeRejectedAsync(breaker).ConfigureAwait(false);
        var admitting = breaker.WaitUntilAdmittingAsync();
        rehearsal.Tell(mirror, BreakerState.HalfOpen, 2);
        await admitting.ConfigureAwait(false);
        await breaker.ExecuteAsync(static _ => ValueTask.FromResult(1)).ConfigureAwait(false);
        rehearsal.Tell(mirror, BreakerState.Closed, 3);
        mirror.RenewalIsOverdue(true);
        await FailAsync(breaker).ConfigureAwait(false);
        await FailAsync(breaker).ConfigureAwait(false);
        await BeRejectedAsync(breaker).ConfigureAwait(false);
        mirror.Flush();
    }

    Task<ReportAnswer> IBreakerLink.ReportAsync(string component, WorkerReport report) =>
        Task.FromResult(Through(new ReportAnswer { Number = Through(report).Number, Snapshot = _cluster }));

    Task<PermitAnswer> IBreakerLink.RequestPermitAsync(string component, PermitRequest request) => Task.FromResult(Through(new PermitAnswer
    {
        Number = Through(request).Number,
        Permit = new ProbePermit(1, _cluster.Generation, Policy.Settings.EffectiveProbeLease),
    }));

    private static async Task FailAsync(CircuitBreaker breaker)
    {
        try
        {
            await breaker.ExecuteAsync(static _ => throw new TimeoutException()).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // As it was meant to be.
        }
    }

    private static async Task BeRejectedAsync(CircuitBreaker breaker)
    {
        try
        {
            breaker.TryExecute(static () => 1);
            await breaker.ExecuteAsync(static _ => ValueTask.FromResult(1)).ConfigureAwait(false);
        }
        catch (CircuitOpenException)
        {
            // As it was meant to be.
        }
    }

    private void Tell(BreakerMirror mirror, BreakerState state, long generation)
    {
        var number = generation == 0 ? Generation.Initial : new Generation(generation, Guid.Empty);
        _cluster = new BreakerSnapshot
        {
            Component = Component,
            State = state,
            Generation = number,
            Policy = Policy,
            FreeProbes = 1,
            Remaining = state == BreakerState.Open ? Policy.Settings.OpenDuration : null,
            Lineage = Lineage.Initial.With(number),
            LastTransition = new BreakerTransition
            {
                From = state, To = state, Generation = number, At = DateTimeOffset.UnixEpoch, Cause = TransitionCause.ConsecutiveFailures, Worker = Component,
            },
        };
        foreach (var update in Through(ImmutableArray.Create(new BreakerUpdate { Component = Component, Snapshot = _cluster })))
        {
            mirror.Hear(update);
        }
    }

    private T Through<T>(T message) => _wire is null ? message : _wire.Deserialize<T>(_wire.SerializeToArray(message))!;
}
