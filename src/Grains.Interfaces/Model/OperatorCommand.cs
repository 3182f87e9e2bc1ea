using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>Specifies an operator's command.</summary>
/// <remarks>Rule S10: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Alias("tc.command-kind")]
[JsonConverter(typeof(JsonStringEnumConverter<CommandKind>))]
public enum CommandKind : byte
{
    /// <summary>Rejects every call until released or until the TTL ends.</summary>
    [JsonStringEnumMemberName("force_open")]
    ForceOpen = 0,

    /// <summary>Admits every call until released or until the TTL ends.</summary>
    [JsonStringEnumMemberName("force_closed")]
    ForceClosed = 1,

    /// <summary>Returns a forced breaker to closed; succeeds without effect otherwise.</summary>
    [JsonStringEnumMemberName("release")]
    Release = 2,

    /// <summary>Closes a breaker that is not forced; a conflict for a forced breaker.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset = 3,
}

/// <summary>An operator's command.</summary>
/// <remarks>Rule S10: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.command")]
public sealed record OperatorCommand
{
    /// <summary>The maximum length of <see cref="Reason"/>.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>The maximum length of <see cref="Actor"/>.</summary>
    public const int MaxActorLength = 128;

    /// <summary>The longest TTL, in seconds.</summary>
    public const int MaxTtlSeconds = 31_536_000;

    /// <summary>Gets the command.</summary>
    [Id(0)] public required CommandKind Kind { get; init; }

    /// <summary>Gets the reason, 1–500 characters.</summary>
    [Id(1)] public required string Reason { get; init; }

    /// <summary>Gets the operator, 1–128 characters.</summary>
    [Id(2)] public required string Actor { get; init; }

    /// <summary>Gets the TTL of a force command, 1 s to 31,536,000 s; null for until released. Not allowed with other commands.</summary>
    [Id(3)] public TimeSpan? Ttl { get; init; }

    /// <summary>Gets whether a force command is refused with <see cref="CommandStatus.NotFound"/> if no worker has used the component and no
    /// settings contain it. The default value is false: the command creates the breaker. Set it to protect against mistyped names.</summary>
    /// <remarks>A release or reset never creates a breaker.</remarks>
    [Id(4)] public bool MustExist { get; init; }

    /// <summary>Returns the faults of the command, each with the allowed values; empty if it is valid.</summary>
    public IReadOnlyList<CommandFault> Validate()
    {
        var faults = new List<CommandFault>();
        AddFault("reason", TextFault(Reason, MaxReasonLength));
        AddFault("actor", ActorFault(Actor));
        if (!Enum.IsDefined(Kind))
        {
            faults.Add(new("kind", $"unknown command {(byte)Kind}"));
        }

        if (Ttl is { } ttl)
        {
            if (Kind is not (CommandKind.ForceOpen or CommandKind.ForceClosed))
            {
                faults.Add(new("ttl_seconds", "is only allowed with force-open and force-closed"));
            }
            else if (ttl < TimeSpan.FromSeconds(1) || ttl > TimeSpan.FromSeconds(MaxTtlSeconds))
            {
                faults.Add(new("ttl_seconds", $"must be 1-{MaxTtlSeconds} seconds"));
            }
        }

        return faults;

        void AddFault(string field, string? fault)
        {
            if (fault is not null)
            {
                faults.Add(new(field, fault));
            }
        }
    }

    /// <summary>Returns the fault of an actor's name; null if it is valid.</summary>
    internal static string? ActorFault(string? actor) => TextFault(actor, MaxActorLength);

    private static string? TextFault(string? text, int max) =>
        string.IsNullOrWhiteSpace(text) ? $"is required: 1-{max} characters"
        : text.Length > max ? $"has {text.Length} characters; 1-{max} are allowed"
        : text.Any(char.IsControl) ? "must not contain control characters"
        : null;
}

/// <summary>A fault of a command.</summary>
/// <param name="Field">The field, as the HTTP API names it.</param>
/// <param name="Message">The fault and the allowed values.</param>
public readonly record struct CommandFault(string Field, string Message);

/// <summary>Specifies the result of a command.</summary>
[GenerateSerializer, Alias("tc.command-status")]
[JsonConverter(typeof(JsonStringEnumConverter<CommandStatus>))]
public enum CommandStatus : byte
{
    /// <summary>The command began a new generation.</summary>
    [JsonStringEnumMemberName("applied")]
    Applied = 0,

    /// <summary>Nothing changed: a release of a breaker that is not forced, or a release or reset of one that was never used.</summary>
    [JsonStringEnumMemberName("unchanged")]
    Unchanged = 1,

    /// <summary>A reset of a forced breaker: release it first.</summary>
    [JsonStringEnumMemberName("conflict")]
    Conflict = 2,

    /// <summary>The breaker does not exist, and the cluster may not create it.</summary>
    /// <remarks>Rule S19: see <c>docs/rules.md</c>.</remarks>
    [JsonStringEnumMemberName("refused")]
    Refused = 3,

    /// <summary>No worker has used the component, no settings contain it, and the command does not create breakers: a release, a reset, or a
    /// command with <see cref="OperatorCommand.MustExist"/>.</summary>
    [JsonStringEnumMemberName("not_found")]
    NotFound = 4,
}

/// <summary>The answer to a command, which is in effect when the answer arrives.</summary>
/// <remarks>Rule S10: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.command-answer")]
public sealed record CommandAnswer
{
    /// <summary>Gets the result.</summary>
    [Id(0)] public required CommandStatus Status { get; init; }

    /// <summary>Gets the breaker after the command; null if refused or not found.</summary>
    [Id(1)] public BreakerDetails? Breaker { get; init; }

    /// <summary>Gets whether the result is persisted. If false, the command is in effect and the write is retried.</summary>
    /// <remarks>Rule C6: see <c>docs/rules.md</c>.</remarks>
    [Id(2)] public bool Stored { get; init; }

    /// <summary>Gets the refusal; null if the command was not refused.</summary>
    [Id(3)] public BreakerRefusal? Refusal { get; init; }

    /// <summary>Gets whether this command created the breaker.</summary>
    [Id(4)] public bool Created { get; init; }

    /// <summary>Gets up to three similar names, nearest first, if the name was not found; otherwise empty.</summary>
    [Id(5)] public ImmutableArray<string> Nearest { get; init; } = [];
}
