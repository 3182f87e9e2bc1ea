namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>The grain that a worker calls: its hub, or the authority of a component.</summary>
/// <param name="Component">The component; null: the hub.</param>
internal readonly record struct Callee(string? Component)
{
    public static Callee Hub => default;

    public static Callee AuthorityOf(string component) => new(component);
}
