using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>S18, S19, C9: settings that were superseded do not come back, an edit is not undone, numbers rise, and no breaker is forgotten.</summary>
internal sealed class DirectoryPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    /// <summary>The pause before settings are sent again, by a clock that runs slow.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1.1);

    private readonly Dictionary<SimDirectory, Memory> _memories = [];

    public override void OnDirectory(SimDirectory directory) => Look(directory, decided: null);

    /// <summary>Looks at what is in force now.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="decided">Settings that may be in force although they were superseded here: somebody edited them in, or the store has them in force,
    /// where another directory decided.</param>
    private void Look(SimDirectory directory, string? decided)
    {
        var memory = MemoryOf(directory);
        var core = directory.Core;
        var hash = core.InForce.ContentHash;
        if (core.Version < memory.Version)
        {
            Fail("S18 the number of the settings rises", $"{core.Version} after {memory.Version}");
        }

        if (hash != memory.Hash)
        {
            if (core.Version == memory.Version)
            {
                Fail("S18 other settings have another number", $"both have {core.Version}");
            }

            if (memory.HasLearned && hash is not null && hash != decided && memory.Superseded.Contains(hash))
            {
                Fail("S18 superseded settings do not come back", $"version {core.Version} of {hash}");
            }

            if (memory.Hash is { } superseded)
            {
                memory.Superseded.Add(superseded);
            }

            memory.Superseded.Remove(hash ?? string.Empty);
        }

        (memory.Version, memory.Hash) = (core.Version, hash);
    }

    public override void OnOffered(SimDirectory directory, ConfigurationOffer offer, ConfigurationAnswer answer)
    {
        var isEdit = offer.Edited && MemoryOf(directory).Edits.Add(offer.Edit);
        Look(directory, decided: isEdit ? offer.ContentHash : null);
        if (isEdit)
        {
            if (!answer.InForce)
            {
                Fail("S18 an edited file is in force at once", $"version {answer.Version} is");
            }

            MemoryOf(directory).Edit = offer.ContentHash;
        }
    }

    public override void OnDirectoryLearned(SimDirectory directory, StoredDirectory? row, IReadOnlyList<string> created)
    {
        var memory = MemoryOf(directory);
        if (row is not null)
        {
            memory.Edits.UnionWith(row.Edits);
            memory.Superseded.UnionWith(row.Hashes.SkipLast(1).Where(hash => hash != memory.Edit));
            if (created.Concat(row.Created).FirstOrDefault(component => !directory.Core.Created.Contains(component)) is { } forgotten)
            {
                Fail("S19 no breaker is forgotten", forgotten);
            }
        }

        if (!memory.HasLearned && memory.Edit is { } edit && edit == memory.Hash && directory.Core.InForce.ContentHash != edit)
        {
            Fail("S18 what is read does not undo an edit", $"{edit} was in force, and {directory.Core.InForce.ContentHash} is");
        }

        Look(directory, row?.Hashes.LastOrDefault());
        memory.HasLearned = true;
    }

    public override void OnLook()
    {
        foreach (var directory in Cluster.LivingDirectories)
        {
            if (directory.Owed is { } owed && owed.Version == directory.Core.Version && World.Now - owed.Since > Again && directory.IsAwakeFor(Again))
            {
                Fail("S18 settings that were not taken are sent again", $"version {owed.Version} since {owed.Since.TotalSeconds:0.000} s");
            }
        }
    }

    public override void AtTheEnd(SimAuthority authority)
    {
        if (Cluster.LivingDirectories.ToList() is not [var directory])
        {
            Fail("S18 the silos agree about the settings", "there is not one directory");
            return;
        }

        var core = directory.Core;
        if ((Cluster.Store.Directory.Row?.Version, Cluster.Store.Directory.Row?.Hashes.LastOrDefault()) != (core.Version, core.InForce.ContentHash))
        {
            Fail("C6 the newest settings are stored", $"the store has {Cluster.Store.Directory.Row?.Version}, the directory {core.Version}");
        }

        if (!core.Created.Contains(Cluster.Component))
        {
            Fail("S19 the directory knows each breaker", "it does not");
        }

        if (authority.Policy != core.Configuration.PolicyFor(Cluster.Component, core.Version))
        {
            Fail("S18 the breaker has the settings in force", $"it has version {authority.Policy.Version}, the directory {core.Version}");
        }
    }

    private Memory MemoryOf(SimDirectory directory)
    {
        if (!_memories.TryGetValue(directory, out var memory))
        {
            _memories.Add(directory, memory = new Memory());
        }

        return memory;
    }

    /// <summary>What was seen of one directory.</summary>
    private sealed class Memory
    {
        public HashSet<string> Superseded { get; } = new(StringComparer.Ordinal);

        public long Version { get; set; }

        public string? Hash { get; set; }

        /// <summary>The edits that it was offered.</summary>
        public HashSet<Guid> Edits { get; } = [];

        /// <summary>The content that was last edited in.</summary>
        public string? Edit { get; set; }

        /// <summary>Whether it knows what the store had.</summary>
        public bool HasLearned { get; set; }
    }
}
