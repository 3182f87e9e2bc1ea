using System.Collections.Immutable;
using Orleans;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>The directory's entry for a component's name.</summary>
[GenerateSerializer, Immutable, Alias("tc.standing")]
internal sealed record ComponentStanding
{
    /// <summary>Whether its breaker exists: a worker used it, or a command created it.</summary>
    [Id(0)] public bool Created { get; init; }

    /// <summary>Whether the settings contain the name itself, not only the part before its <c>/</c>.</summary>
    [Id(1)] public bool Named { get; init; }

    /// <summary>Its settings where it exists or counts as configured (S15); else null.</summary>
    [Id(2)] public BreakerPolicy? Policy { get; init; }

    /// <summary>Similar known names, nearest first; empty if the name itself is known.</summary>
    [Id(3)] public ImmutableArray<string> Nearest { get; init; } = [];

    /// <summary>Whether a worker uses the name or the settings contain it: then it is not a typing error.</summary>
    public bool IsKnown => Created || Named;

    /// <summary>Returns a sentence that the component is unused, with similar names.</summary>
    public static string Describe(string component, ImmutableArray<string> nearest) =>
        $"No worker has used '{component}', and no settings contain it."
        + (nearest.IsDefaultOrEmpty ? string.Empty : $" Did you mean {string.Join(" or ", nearest.Select(name => $"'{name}'"))}?");
}
