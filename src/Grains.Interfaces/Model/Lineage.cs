using System.Collections.Immutable;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The generations that a history contains: for each activation that wrote it, its newest one.</summary>
/// <remarks>
/// <para>An activation numbers its generations consecutively, so "activation X up to number n" identifies all of them, like a version vector. One
/// history extends another exactly if its lineage contains the other's generation. If neither does, both sides made transitions after a split,
/// and the histories must be reconciled.</para>
/// <para>The newest <see cref="Capacity"/> activations are kept. Older generations are at or below <see cref="Floor"/> and count as contained.
/// Immutable and thread-safe. Rules C7 and C9: see <c>docs/rules.md</c>.</para>
/// </remarks>
[GenerateSerializer, Immutable, Alias("tc.lineage")]
public sealed record Lineage
{
    /// <summary>The number of activations that are kept individually.</summary>
    public const int Capacity = 16;

    /// <summary>Gets the lineage of a breaker without transitions.</summary>
    public static Lineage Initial { get; } = new();

    /// <summary>Gets the number up to which all generations are contained.</summary>
    [Id(0)] public long Floor { get; init; }

    /// <summary>Gets the newest generation of each kept activation, in ascending order.</summary>
    [Id(1)] public ImmutableArray<Generation> Tips { get; init; } = [];

    /// <summary>Returns whether the history contains <paramref name="generation"/>.</summary>
    public bool Contains(Generation generation)
    {
        if (generation.Number <= Floor)
        {
            return true;
        }

        foreach (var tip in Tips)
        {
            if (tip.Incarnation == generation.Incarnation)
            {
                return tip.Number >= generation.Number;
            }
        }

        return false;
    }

    /// <summary>Returns the lineage extended by <paramref name="generation"/>.</summary>
    public Lineage With(Generation generation) => Union(new Lineage { Tips = [generation] });

    /// <summary>Returns the lineage that contains both.</summary>
    public Lineage Union(Lineage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var floor = Math.Max(Floor, other.Floor);
        var tips = Tips.AddRange(other.Tips)
            .Where(tip => tip.Number > floor)
            .GroupBy(tip => tip.Incarnation)
            .Select(group => group.MaxBy(tip => tip.Number))
            .OrderBy(tip => tip.Number).ThenBy(tip => tip.Incarnation)
            .ToImmutableArray();
        if (tips.Length > Capacity)
        {
            floor = Math.Max(floor, tips[^(Capacity + 1)].Number);
            tips = [.. tips.Where(tip => tip.Number > floor)];
        }

        return new Lineage { Floor = floor, Tips = tips };
    }

    /// <inheritdoc/>
    public bool Equals(Lineage? other) => other is not null && Floor == other.Floor && Tips.AsSpan().SequenceEqual(other.Tips.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Floor, Tips.Length, Tips.LastOrDefault());
}
