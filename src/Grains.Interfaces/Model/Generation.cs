using Orleans;

namespace TaskerCore.Orleans;

/// <summary>One stay of a breaker in a state: a number that rises by one with each transition, and the activation that began it.</summary>
/// <param name="Number">0 for a breaker that never made a transition; then it rises by one.</param>
/// <param name="Incarnation">The random id of the activation that began the generation; empty for number 0.</param>
/// <remarks>Two generations are equal only if both parts are: during a split, two activations may use the same number. Rule C9: see
/// <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.generation")]
public readonly record struct Generation([property: Id(0)] long Number, [property: Id(1)] Guid Incarnation)
{
    /// <summary>Gets the initial generation: closed, without a transition.</summary>
    public static Generation Initial => default;

    /// <inheritdoc/>
    public override string ToString() =>
        Number == 0 ? "0" : $"{Number}.{Incarnation.ToString("N", System.Globalization.CultureInfo.InvariantCulture)[..8]}";
}
