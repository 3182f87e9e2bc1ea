using System.Collections.Immutable;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>Which generations a history contains: for each activation that wrote it, how far (C7, C9).</summary>
/// <remarks>
/// <para>An activation numbers its generations one after the other, so "activation X up to number n" names all of them: a
/// version vector. Of two histories, one extends the other exactly if its lineage contains the other's generation; if neither
/// does, both sides made transitions since they parted, and they must be merged.</para>
/// <para>The newest <see cref="Capacity"/> activations are kept; what is older lies at or below <see cref="Floor"/>, and counts as
/// contained. Immutable and safe to share between threads.</para>
/// </remarks>
[GenerateSerializer, Immutable, Alias("tc.lineage")]
public sealed record Lineage
{
    /// <summary>Activations that are remembered one by one.</summary>
    public const int Capacity = 16;

    /// <summary>The lineage of a breaker that never made a transition.</summary>
    public static Lineage Initial { get; } = new();

    /// <summary>Generations up to this number are contained, whoever began them.</summary>
    [Id(0)] public long Floor { get; init; }

    /// <summary>For each remembered activation its newest generation, by rising number.</summary>
    [Id(1)] public ImmutableArray<Generation> Tips { get; init; } = [];

    /// <summary>Whether the history contains <paramref name="generation"/>.</summary>
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

    /// <summary>The history that goes on with <paramref name="generation"/>.</summary>
    public Lineage With(Generation generation) => Union(new Lineage { Tips = [generation] });

    /// <summary>The history that contains both.</summary>
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
