using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Watching;

/// <summary>One line of <c>watch</c>.</summary>
/// <param name="Name">The component.</param>
/// <param name="From">The state before; null: this is how it stood at the first look.</param>
/// <param name="To">The state now.</param>
/// <param name="Generation">The generation that began.</param>
/// <param name="At">When; null: it never made a transition.</param>
/// <param name="Cause">Why; null: not known, or it is the first look.</param>
/// <param name="Worker">The worker whose report decided, where one did.</param>
/// <param name="Actor">The operator who commanded, where one did.</param>
/// <param name="Reason">The operator's reason, where one commanded.</param>
/// <param name="TtlSeconds">How long the command holds; null: until released, or none.</param>
/// <param name="GapBefore">Transitions that the history lacks before this one.</param>
internal sealed record Change(
    string Name, string? From, string To, string Generation, DateTimeOffset? At, string? Cause, string? Worker = null, string? Actor = null, string? Reason = null, double? TtlSeconds = null, Gap? GapBefore = null)
{
    public static Change Of(string name, Transition transition) => new(
        name, transition.From, transition.To, transition.Generation, transition.At, transition.Cause, transition.Worker, transition.Actor, transition.Reason, transition.TtlSeconds, transition.GapBefore);

    public override string ToString() => Shown.Line(
        $"{(At is { } at ? Shown.Instant(at) : "-")} {Name}: {(From is null ? string.Empty : From + " -> ")}{To}"
        + (Cause is null ? string.Empty : $" ({Cause})")
        + (Worker is null ? string.Empty : $" by {Worker}")
        + (Actor is null ? string.Empty : $" by {Actor}{(TtlSeconds is { } ttl ? $" for {Shown.Span(TimeSpan.FromSeconds(ttl))}" : string.Empty)}: {Reason}")
        + (GapBefore is null ? string.Empty : $" [{HistoryTable.Describe(GapBefore)}]"));
}
