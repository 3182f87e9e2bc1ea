using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Directory;

/// <summary>The directory without Orleans, I/O or clock: which breakers exist, how many may, which settings are in force (S15–S19).</summary>
/// <remarks>It answers before it is stored, and while the store cannot be read (C6). Not safe for use from several threads.</remarks>
internal sealed class DirectoryCore : IPersistedCore<StoredDirectory>
{
    private const int RememberedHashes = 200;
    private const int RememberedEdits = 200;
    private const int MaxHashLength = 128;
    private const int MaxSiloLength = 200;
    private const int ListedNames = 20;

    /// <summary>Twice what any limit allows: no more are noted, whoever says that they exist.</summary>
    private const int MostNames = 200_000;

    /// <summary>No cluster comes to so many settings.</summary>
    private const long MostVersions = 1L << 60;
    private static readonly TimeSpan TotalsInterval = TimeSpan.Zero;

    private readonly Guid _incarnation;
    private readonly WriteBehind _store;
    private readonly RowCheck _check;
    private readonly Retry _reading = Retry.UnderWay();
    private readonly SettingsSpread _spread = new();
    private readonly SortedSet<string> _created = new(StringComparer.Ordinal);
    private readonly SiloReports _silos = new();
    private ImmutableArray<string> _hashes = [];
    private ImmutableArray<Guid> _edits = [];
    private bool _wasEdited;
    private ConfigurationOffer? _accepted;
    private SettingsOrigin _origin = SettingsOrigin.Unknown;

    /// <summary>The highest number of settings that some breaker has and that are not the ones in force here: the directory that numbered them ended
    /// before it could store them.</summary>
    private long _foreignVersion = -1;

    /// <summary>A directory whose first read is under way.</summary>
    /// <param name="incarnation">A random id of this activation.</param>
    /// <param name="local">The settings of this silo's files: they hold until a silo has offered any, or stored ones were read.</param>
    /// <param name="now">The time.</param>
    public DirectoryCore(Guid incarnation, CircuitBreakerConfiguration local, Moment now)
    {
        _incarnation = incarnation;
        Configuration = local;
        _store = new WriteBehind(now);
        _check = new RowCheck(incarnation);
    }

    /// <summary>The settings in force.</summary>
    public CircuitBreakerConfiguration Configuration { get; private set; }

    /// <summary>Their number; rises with each change.</summary>
    public long Version { get; private set; }

    /// <summary>The settings in force, as a silo asks for them.</summary>
    public ConfigurationInForce InForce => new() { Version = Version, ContentHash = _hashes.LastOrDefault(), Configuration = Configuration };

    /// <summary>The settings in force, and where each silo's own stand.</summary>
    public ConfigurationInForce InForceAt(Moment now) => InForce with { Overview = Overview(now) };

    /// <summary>A silo reports where its own settings stand.</summary>
    /// <exception cref="ArgumentException">The report is not whole: no silo makes such a one.</exception>
    public ConfigurationOverview Report(SiloConfiguration report, Moment now)
    {
        if (!SiloConfiguration.Holds(report))
        {
            throw new ArgumentException("The report is incomplete or too large.", nameof(report));
        }

        _silos.Take(report, now);
        return Overview(now);
    }

    /// <summary>The breakers that exist, by name.</summary>
    public IReadOnlyCollection<string> Created => _created;

    /// <summary>Writes that failed one after the other.</summary>
    public int FailedWrites => _store.Failures;

    /// <summary>Whether a breaker may be used; from then on it exists (S19).</summary>
    /// <param name="component">Its component.</param>
    /// <param name="held">The settings that it has; null: it does not exist yet. One that exists is not asked whether it may, only noted.</param>
    public AdmissionAnswer Admit(string component, BreakerPolicy? held)
    {
        if ((InvalidName(component) ?? (held is not null ? null : Refusal(component))) is { } refusal)
        {
            return new AdmissionAnswer { Refusal = refusal };
        }

        if (_created.Count < MostNames && _created.Add(component))
        {
            _store.Changed(urgent: true);
        }

        if (held is not null)
        {
            Hear(component, held);
        }

        return new AdmissionAnswer { Policy = Configuration.PolicyFor(component, Version) };
    }

    /// <summary>A silo offers the settings of its files: content never seen, or a file edited while its silo ran, becomes the newest;
    /// content that was superseded does not come back by a restart (S18). Neither settings that nobody wrote nor those of a file that looks cut off
    /// replace settings of the cluster.</summary>
    /// <param name="offer">The settings.</param>
    /// <param name="at">The wall clock's time.</param>
    /// <exception cref="ArgumentException">It is not whole, or not within the ranges: no silo's loader lets that pass.</exception>
    public ConfigurationAnswer Offer(ConfigurationOffer offer, DateTimeOffset? at = null)
    {
        ArgumentNullException.ThrowIfNull(offer);
        if (offer.ContentHash is not { Length: > 0 and <= MaxHashLength } || offer.Silo is { Length: > MaxSiloLength }
            || !SettingsOrigin.Holds(offer) || !ConfigurationRanges.Hold(offer.Configuration))
        {
            throw new ArgumentException("The settings are incomplete or out of range.", nameof(offer));
        }

        var edited = offer.Edited && !_edits.Contains(offer.Edit);
        var inForce = _hashes.Length > 0 && _hashes[^1] == offer.ContentHash;
        var loss = inForce || _hashes.IsEmpty ? null : _origin.Loss(offer, offer.Edited);
        if (!inForce && loss is null && (edited || !_hashes.Contains(offer.ContentHash)))
        {
            PutInForce(offer.Configuration, offer.ContentHash, Version + 1);
            (_accepted, _origin, _wasEdited, inForce) = (offer, SettingsOrigin.Of(offer, at), false, true);
        }
        else if (inForce && !offer.SaysNothing && _accepted is { SaysNothing: true })
        {
            _accepted = offer;
        }

        // What was edited is meant, even where it is in force already: what is stored and not read yet does not undo it.
        _wasEdited |= inForce && edited;
        if (inForce && edited && offer.Edit != Guid.Empty)
        {
            Remember([offer.Edit]);
            _store.Changed(urgent: true);
        }

        return new ConfigurationAnswer { Version = Version, InForce = inForce, Reason = inForce ? null : loss };
    }

    /// <summary>The configured components that nobody has used yet.</summary>
    public IEnumerable<string> NeverUsed => Configuration.Components.Keys.Where(component => !_created.Contains(component));

    /// <summary>Whether a component is known, and which known names are like it.</summary>
    public ComponentStanding LookUp(string component)
    {
        var created = _created.Contains(component);
        var named = Configuration.Components.ContainsKey(component);
        return new()
        {
            Created = created,
            Named = named,
            Policy = created || Configuration.IsConfigured(component) ? Configuration.PolicyFor(component, Version) : null,
            Nearest = created || named ? [] : NearestNames.Find(component, _created.Concat(NeverUsed)),
        };
    }

    /// <summary>A breaker has the settings that it was sent.</summary>
    public void SettingsTaken(string component, long version, Moment now) => _spread.Ended(component, version, taken: true, now);

    /// <summary>A breaker did not answer when settings were sent to it; it is sent them again.</summary>
    public void SettingsNotTaken(string component, long version, Moment now) => _spread.Ended(component, version, taken: false, now);

    /// <summary>Silos came or went: perhaps a split ended, and another activation has written what this one does not know.</summary>
    public void SilosChanged(Moment now) => _check.Schedule(now);

    /// <summary>What must be done after the inputs so far, and because of the time. Each thing is given out once.</summary>
    public DirectoryEffects TakeEffects(Moment now)
    {
        if (_check.TryTake(now))
        {
            _store.Changed(urgent: true);
        }

        if (Version > _spread.Version)
        {
            _spread.Begin(Version, _created);
        }

        return new()
        {
            Read = _reading.TryBegin(now),
            Write = _store.TryBegin(TotalsInterval, now) ? Capture() : null,
            Settings = [.. _spread.TakeDue(now).Select(component => (component, Configuration.PolicyFor(component, Version)))],
            NextWake = Durations.Earlier(Durations.Earlier(_reading.NextDue, _store.NextDue(TotalsInterval)), Durations.Earlier(_spread.NextDue, _check.DueAt)),
        };
    }

    public void ReadSucceeded(StoredDirectory? stored, Moment now)
    {
        _reading.Done();
        _store.ReadSucceeded(now);
        if (stored is not null)
        {
            Merge(stored, isFirst: true);

            // Whoever wrote that may still be ending, and write once more.
            _check.Schedule(now);
        }
    }

    public void ReadFailed(Moment now) => _reading.Failed(now);

    /// <summary>The row is written: so this is the newest directory, and its settings are above all that breakers were ever given.</summary>
    public void WriteSucceeded(Moment now)
    {
        _store.Succeeded(now);
        if (_foreignVersion >= Version && !_hashes.IsEmpty)
        {
            PutInForce(Configuration, _hashes[^1], _foreignVersion + 1);
        }

        _foreignVersion = -1;
    }

    public void WriteFailed(Moment now) => _store.Failed(now);

    /// <summary>Another activation wrote the row, or a write of ours that seemed to fail had been made.</summary>
    public void WriteConflicted(StoredDirectory? stored, Moment now)
    {
        _store.Conflicted(now);
        if (stored is not null && stored.Writer != _incarnation)
        {
            Merge(stored, isFirst: false);
        }
    }

    private static BreakerRefusal? InvalidName(string? component) =>
        ComponentName.IsValid(component) ? null : new(RefusalKind.InvalidName, ComponentName.Fault(component));

    private BreakerRefusal? Refusal(string component)
    {
        if (_created.Contains(component))
        {
            return null;
        }

        if (!Configuration.Global.AutoCreateEnabled && !Configuration.IsConfigured(component))
        {
            var names = Configuration.Components.Keys.Take(ListedNames).ToList();
            var configured = names.Count == 0 ? "none" : string.Join(", ", names) + (Configuration.Components.Count > ListedNames ? ", ..." : string.Empty);
            return new(
                RefusalKind.NotConfigured,
                $"The component '{component}' is not configured, and auto_create_enabled is false. Configured components: {configured}. "
                + "Add it under component_configs, or set global_settings.auto_create_enabled to true.");
        }

        var limit = Configuration.Global.MaxCircuitBreakers;
        return _created.Count < limit
            ? null
            : new(
                RefusalKind.LimitReached,
                $"No breaker is created for the component '{component}': {_created.Count} exist, and max_circuit_breakers is {limit}. "
                + "Raise global_settings.max_circuit_breakers.");
    }

    /// <summary>A breaker has settings of a number that was never stored: it would ignore those in force, and later ones under the same number. Whether
    /// this directory may number above them is known when its next write succeeds.</summary>
    private void Hear(string component, BreakerPolicy held)
    {
        var isForeign = held.Version > Version || (held.Version == Version && held != Configuration.PolicyFor(component, Version));
        if (isForeign && held.Version > _foreignVersion && held.Version < MostVersions)
        {
            _foreignVersion = held.Version;
            _store.Changed(urgent: true);
        }
    }

    private void PutInForce(CircuitBreakerConfiguration configuration, string hash, long version)
    {
        Configuration = configuration;
        Version = version;
        _hashes = [.. _hashes.Where(known => known != hash).TakeLast(RememberedHashes - 1), hash];
        _store.Changed(urgent: true);
    }

    private ConfigurationOverview Overview(Moment now) =>
        new() { Version = Version, ContentHash = _hashes.LastOrDefault(), Since = _origin.Since, From = _origin.From, Silos = _silos.At(now) };

    /// <summary>All breakers of both; of the settings the newer. Ours are newer if the store has never seen their content, or if a file
    /// was edited to it since: before the first read whenever that was, else if our number is the higher. Ours that look like a loss of settings are not.
    /// Whichever stands has a number above all that breakers were given.</summary>
    private void Merge(StoredDirectory stored, bool isFirst)
    {
        _created.UnionWith(stored.Created);
        Remember(stored.Edits);
        var ours = (Configuration, Hash: _hashes.LastOrDefault(), Hashes: _hashes, Version, Origin: _origin);
        _hashes = stored.Hashes;
        (Configuration, Version) = (stored.Configuration, stored.Version);
        _origin = SettingsOrigin.Of(stored);
        if (ours.Hash is null || ours.Hash == _hashes.LastOrDefault())
        {
            Version = Math.Max(Version, ours.Version);
            Supersede(ours.Hashes);
            return;
        }

        var above = Math.Max(stored.Version, ours.Version) + 1;
        var isLoss = !_hashes.IsEmpty && _accepted is { } accepted && _origin.Loss(accepted, _wasEdited) is not null;
        if (!isLoss && (!_hashes.Contains(ours.Hash) || (_wasEdited && (isFirst || ours.Version > stored.Version))))
        {
            PutInForce(ours.Configuration, ours.Hash, above);
            _origin = ours.Origin;
        }
        else
        {
            _accepted = null;
            if (ours.Version >= stored.Version)
            {
                PutInForce(stored.Configuration, _hashes[^1], above);
            }
        }

        Supersede(ours.Hashes);
    }

    /// <summary>What this directory had in force before, stored or not, is known as superseded from now on.</summary>
    private void Supersede(ImmutableArray<string> hashes)
    {
        if (hashes.Any(hash => !_hashes.Contains(hash)))
        {
            _hashes = [.. hashes.Except(_hashes).Concat(_hashes).TakeLast(RememberedHashes)];
            _store.Changed(urgent: true);
        }
    }

    private void Remember(ImmutableArray<Guid> edits)
    {
        if (!edits.IsDefaultOrEmpty)
        {
            _edits = [.. _edits.Union(edits).TakeLast(RememberedEdits)];
        }
    }

    private StoredDirectory Capture() => new()
    {
        Writer = _incarnation,
        Created = [.. _created],
        Version = Version,
        Configuration = Configuration,
        Hashes = _hashes,
        Edits = _edits,
        Since = _origin.Since,
        From = _origin.From,
        EndingRequired = _origin.EndingRequired,
        LineMarks = _origin.LineMarks,
    };
}
