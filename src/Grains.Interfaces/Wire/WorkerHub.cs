using System.Collections.Immutable;
using Orleans;
using Orleans.Concurrency;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>A hub between breakers and many workers: a worker renews once for all its breakers, and a breaker pushes to a few hubs (C5). Its key
/// is one of <see cref="GrainKeys.Hub"/>.</summary>
[Alias("tc.IWorkerHubGrain")]
internal interface IWorkerHubGrain : IGrainWithStringKey
{
    /// <summary>Registers the breakers that a worker uses: all of them at first and whenever the hub does not know the worker, later only
    /// additional ones. Returns what the hub has; the rest is pushed when it arrives.</summary>
    [Alias("Register"), ResponseTimeout("00:00:05")]
    ValueTask<RenewalAnswer> RegisterAsync(WorkerRegistration registration);

    /// <summary>A worker's periodic call: reports what the worker has, and returns what it lacks (C5).</summary>
    [Alias("Renew"), ResponseTimeout("00:00:05")]
    ValueTask<RenewalAnswer> RenewAsync(WorkerRenewal renewal);

    /// <summary>Ends the session of a worker that stops gracefully.</summary>
    [Alias("Unregister"), ResponseTimeout("00:00:05")]
    ValueTask UnregisterAsync(Guid session);

    /// <summary>An authority's push of a snapshot; repeated until it is acknowledged (C5).</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="reset">True if the hub's offer has no valid seal: the hub drops it and adopts this snapshot unconditionally.</param>
    /// <param name="pass">The silo's pass.</param>
    [Alias("Push"), ResponseTimeout("00:00:02")]
    ValueTask<HubPushAnswer> PushAsync(BreakerSnapshot snapshot, bool reset, SiloPass? pass);
}

/// <summary>Receives pushes in a worker. Calls are one-way and may be lost or reordered; renewals repair that (C5).</summary>
[Alias("tc.IWorkerObserver")]
internal interface IWorkerObserver : IGrainObserver
{
    /// <summary>Applies changes of breakers.</summary>
    [Alias("OnUpdates"), OneWay]
    ValueTask OnUpdatesAsync(ImmutableArray<BreakerUpdate> updates);
}

/// <summary>A change of one breaker for a worker: a snapshot, or the cluster's refusal.</summary>
[GenerateSerializer, Immutable, Alias("tc.update")]
internal sealed record BreakerUpdate
{
    /// <summary>The component.</summary>
    [Id(0)] public required string Component { get; init; }

    /// <summary>The newest snapshot; null when refused.</summary>
    [Id(1)] public BreakerSnapshot? Snapshot { get; init; }

    /// <summary>The refusal (S19).</summary>
    [Id(2)] public BreakerRefusal? Refusal { get; init; }
}

/// <summary>A worker's registration at its hub.</summary>
[GenerateSerializer, Immutable, Alias("tc.registration")]
internal sealed record WorkerRegistration
{
    /// <summary>The worker's session.</summary>
    [Id(0)] public required Guid Session { get; init; }

    /// <summary>The worker's name, 1–128 characters.</summary>
    [Id(1)] public required string Worker { get; init; }

    /// <summary>The receiver of pushes.</summary>
    [Id(2)] public required IWorkerObserver Observer { get; init; }

    /// <summary>The components, each with the worker's state of it.</summary>
    [Id(3)] public ImmutableArray<RegisteredBreaker> Breakers { get; init; } = [];

    /// <summary>The interval of the worker's renewals. A session that misses several renewals is dropped.</summary>
    [Id(4)] public TimeSpan RenewalInterval { get; init; }

    /// <summary>The incarnation of the hub that received the earlier registrations of the worker's other breakers; a hub without those answers
    /// that it does not know the worker. Empty if none was sent yet.</summary>
    [Id(5)] public Guid AddsTo { get; init; }
}

/// <summary>One component of a registration.</summary>
[GenerateSerializer, Immutable, Alias("tc.registered-breaker")]
internal sealed record RegisteredBreaker([property: Id(0)] string Component, [property: Id(1)] BreakerClaim Claim);

/// <summary>A worker's renewal.</summary>
[GenerateSerializer, Immutable, Alias("tc.renewal")]
internal sealed record WorkerRenewal
{
    /// <summary>The worker's session.</summary>
    [Id(0)] public required Guid Session { get; init; }

    /// <summary>The hub's incarnation as its last answer said.</summary>
    [Id(1)] public Guid HubIncarnation { get; init; }

    /// <summary>The hub's sequence as its last answer said: all that changed since then is wanted.</summary>
    [Id(2)] public long Sequence { get; init; }
}

/// <summary>The answer to a registration or a renewal.</summary>
[GenerateSerializer, Immutable, Alias("tc.renewal-answer")]
internal sealed record RenewalAnswer
{
    /// <summary>False if the hub does not know the session (it is a new activation, or dropped the session): register again with all
    /// breakers.</summary>
    [Id(0)] public bool Known { get; init; }

    /// <summary>The hub's incarnation.</summary>
    [Id(1)] public Guid HubIncarnation { get; init; }

    /// <summary>The hub's sequence now: for the next renewal.</summary>
    [Id(2)] public long Sequence { get; init; }

    /// <summary>The changes of the worker's breakers.</summary>
    [Id(3)] public ImmutableArray<BreakerUpdate> Updates { get; init; } = [];
}

/// <summary>A hub's attachment to an authority: it serves workers of the breaker.</summary>
[GenerateSerializer, Immutable, Alias("tc.attachment")]
internal sealed record HubAttachment
{
    /// <summary>The hub's key.</summary>
    [Id(0)] public required string Hub { get; init; }

    /// <summary>How many workers it has for this breaker.</summary>
    [Id(1)] public int Workers { get; init; }

    /// <summary>What the hub has of the breaker.</summary>
    [Id(2)] public required BreakerClaim Claim { get; init; }

    /// <summary>The hub's activation.</summary>
    [Id(3)] public Guid Incarnation { get; init; }

    /// <summary>Rises with each attachment of that activation: an abandoned one may still arrive, and is then out of date. 0: it has no number,
    /// and counts.</summary>
    [Id(4)] public long Number { get; init; }
}

/// <summary>The authority's answer to an attachment.</summary>
[GenerateSerializer, Immutable, Alias("tc.attach-answer")]
internal sealed record HubAttachAnswer
{
    /// <summary>The authority's newest snapshot, where it differs from the claim.</summary>
    [Id(0)] public BreakerSnapshot? Snapshot { get; init; }

    /// <summary>What became of the claim's offer.</summary>
    [Id(1)] public OfferVerdict Verdict { get; init; }

    /// <summary>Why the cluster has no such breaker, where it has none (S19).</summary>
    [Id(2)] public BreakerRefusal? Refusal { get; init; }
}

/// <summary>A hub's acknowledgement of a push.</summary>
[GenerateSerializer, Immutable, Alias("tc.push-answer")]
internal sealed record HubPushAnswer
{
    /// <summary>How many workers the hub has for the breaker; with none it is told no more, until it attaches.</summary>
    [Id(0)] public int Workers { get; init; }

    /// <summary>What the hub has itself, where the push was older or of another history (C7).</summary>
    [Id(1)] public BreakerSnapshot? Offer { get; init; }

    /// <summary>The revision that the hub has of the pushed generation, where it did not take the push: an activation before issued it,
    /// and what is pushed must go on above it (C5). Else −1.</summary>
    [Id(2)] public long Revision { get; init; } = -1;
}
