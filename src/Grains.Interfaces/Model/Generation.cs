using Orleans;

namespace TaskerCore.Orleans;

/// <summary>One stay of a breaker in a state: a number that rises by one at each transition, and the activation that began it.</summary>
/// <param name="Number">0 for a breaker that never made a transition; then rising by one.</param>
/// <param name="Incarnation">A random id of the activation that began the generation; empty for number 0.</param>
/// <remarks>Two generations are the same only if both parts are: after a split two activations may use one number (C9).</remarks>
[GenerateSerializer, Immutable, Alias("tc.generation")]
public readonly record struct Generation([property: Id(0)] long Number, [property: Id(1)] Guid Incarnation)
{
    /// <summary>Closed, and never anything else: where every breaker starts.</summary>
    public static Generation Initial => default;

    /// <inheritdoc/>
    public override string ToString() =>
        Number == 0 ? "0" : $"{Number}.{Incarnation.ToString("N", System.Globalization.CultureInfo.InvariantCulture)[..8]}";
}
