using TaskerCore.Orleans.Grains.Hubs;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Authority;

/// <summary>Which hubs have workers of this breaker, and what each has acknowledged (C5).</summary>
/// <remarks>The hubs are a fixed set. An authority that was just born does not know which of them have workers, so it tells all;
/// one without workers says so, and is told no more until it attaches.</remarks>
internal sealed class HubLinks
{
    /// <summary>A transition is told at once; what changes within a generation no sooner than this after the hub was last told of it. When many
    /// workers want to probe, all is decided before, and they do not all ask again with each probe that ends (S5).</summary>
    private static readonly TimeSpan RevisionPause = TimeSpan.FromMilliseconds(50);

    private readonly SortedList<string, Link> _links = new(StringComparer.Ordinal);

    private static TimeSpan Memory => HubTimings.Closed * 3;

    public int Workers => _links.Values.Sum(link => link.Workers);

    /// <summary>When the next retry is due; null when no hub lacks anything that is not under way.</summary>
    public TimeSpan? NextTry(Generation generation, long revision) => _links.Values
        .Where(link => link.Lacks(generation, revision) && !link.InFlight)
        .Select(link => (TimeSpan?)link.DueAt(generation))
        .Min();

    /// <summary>A hub that has neither called nor answered for long is gone, and its workers are counted elsewhere.</summary>
    public void Sweep(Moment now)
    {
        foreach (var link in _links.Values.Where(link => now.Elapsed - link.SeenAt >= Memory))
        {
            link.Workers = 0;
        }
    }

    /// <summary>Tells all hubs, whoever they serve.</summary>
    public void PushAll(Moment now)
    {
        for (var index = 0; index < GrainKeys.HubCount; index++)
        {
            Find(GrainKeys.Hub(index), now).Wants = true;
        }
    }

    /// <summary>A hub says that it has workers; the answer to it carries what it lacks, so that no push is owed.</summary>
    public void Attached(HubAttachment attachment, Generation generation, long revision, Moment now)
    {
        var link = Find(attachment.Hub, now);
        if (!link.IsNewer(attachment))
        {
            return;
        }

        link.Wants = attachment.Workers > 0;
        link.Workers = attachment.Workers;
        link.SeenAt = now.Elapsed;
        link.Attachments++;
        link.Acknowledge(generation, revision, now);
    }

    /// <summary>The hubs to push to now; each is under way from then until it answered or failed.</summary>
    public IReadOnlyList<PushTarget> TakeDue(Generation generation, long revision, Moment now)
    {
        List<PushTarget>? due = null;
        foreach (var (hub, link) in _links)
        {
            if (link.Lacks(generation, revision) && !link.InFlight && link.DueAt(generation) <= now.Elapsed)
            {
                link.InFlight = true;
                (due ??= []).Add(new PushTarget(hub, link.Reset, link.Attachments));
            }
        }

        return due ?? [];
    }

    public void Answered(PushTarget target, Generation generation, long revision, int workers, Moment now)
    {
        var link = Find(target.Hub, now);
        link.InFlight = false;
        link.Backoff.Reset();
        link.TryAt = now.Elapsed;
        link.SeenAt = now.Elapsed;
        link.Reset = false;
        link.Acknowledge(generation, revision, now);
        if (link.Attachments == target.Attachments)
        {
            // An attachment that came while the push was under way knows better than the push's answer.
            link.Workers = workers;
            link.Wants = workers > 0;
        }

        if (link is { Attachments: 0, Wants: false })
        {
            // It was only told because it might have had workers: most breakers have theirs at few hubs.
            _links.Remove(target.Hub);
        }
    }

    public void Failed(PushTarget target, Moment now)
    {
        var link = Find(target.Hub, now);
        link.InFlight = false;
        link.TryAt = now.Elapsed + link.Backoff.Next();
    }

    /// <summary>The hub's own snapshot has no valid seal: it is to take ours as it is.</summary>
    public void Reset(string hub, Moment now)
    {
        var link = Find(hub, now);
        link.Reset = true;
        link.Wants = true;
        link.Forget();
    }

    private Link Find(string hub, Moment now)
    {
        if (!_links.TryGetValue(hub, out var link))
        {
            _links.Add(hub, link = new Link { TryAt = now.Elapsed });
        }

        return link;
    }

    /// <summary>A hub to push to.</summary>
    /// <param name="Hub">Its key.</param>
    /// <param name="Reset">Whether it must take the snapshot as it is.</param>
    /// <param name="Attachments">How often it had attached when the push was made.</param>
    public readonly record struct PushTarget(string Hub, bool Reset, int Attachments);

    private sealed class Link
    {
        private Guid _incarnation;
        private long _number;
        private Generation _generation;
        private long _revision = -1;
        private TimeSpan _pushedAt;

        public bool Wants { get; set; }

        public int Workers { get; set; }

        public int Attachments { get; set; }

        public bool InFlight { get; set; }

        public bool Reset { get; set; }

        public Backoff Backoff { get; } = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));

        public TimeSpan TryAt { get; set; }

        public TimeSpan SeenAt { get; set; }

        /// <summary>Whether the hub says it after all that is known of it: what it had given up may still arrive.</summary>
        public bool IsNewer(HubAttachment attachment)
        {
            if (attachment.Number > 0 && attachment.Incarnation == _incarnation && attachment.Number <= _number)
            {
                return false;
            }

            (_incarnation, _number) = (attachment.Incarnation, attachment.Number);
            return true;
        }

        public bool Lacks(Generation generation, long revision) => Wants && (_generation != generation || _revision < revision);

        /// <summary>When it may be told what it lacks.</summary>
        public TimeSpan DueAt(Generation generation) =>
            _revision >= 0 && _generation == generation ? Durations.Max(TryAt, _pushedAt + RevisionPause) : TryAt;

        public void Acknowledge(Generation generation, long revision, Moment now) =>
            (_generation, _revision, _pushedAt) = (generation, revision, now.Elapsed);

        public void Forget() => (_generation, _revision) = (Generation.Initial, -1);
    }
}
