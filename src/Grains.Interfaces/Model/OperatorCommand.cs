using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>What an operator may command (S10).</summary>
[GenerateSerializer, Alias("tc.command-kind")]
[JsonConverter(typeof(JsonStringEnumConverter<CommandKind>))]
public enum CommandKind : byte
{
    /// <summary>To ForcedOpen: reject everything until released, or until the TTL ends.</summary>
    [JsonStringEnumMemberName("force_open")]
    ForceOpen = 0,

    /// <summary>To ForcedClosed: let everything pass until released, or until the TTL ends.</summary>
    [JsonStringEnumMemberName("force_closed")]
    ForceClosed = 1,

    /// <summary>From a forced state to Closed; of an automatic breaker it changes nothing and succeeds.</summary>
    [JsonStringEnumMemberName("release")]
    Release = 2,

    /// <summary>From an automatic state to Closed; of a forced breaker it is a conflict.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset = 3,
}

/// <summary>An operator's command (S10).</summary>
[GenerateSerializer, Immutable, Alias("tc.command")]
public sealed record OperatorCommand
{
    /// <summary>The most characters of <see cref="Reason"/>.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>The most characters of <see cref="Actor"/>.</summary>
    public const int MaxActorLength = 128;

    /// <summary>The longest TTL in seconds.</summary>
    public const int MaxTtlSeconds = 31_536_000;

    /// <summary>What to do.</summary>
    [Id(0)] public required CommandKind Kind { get; init; }

    /// <summary>Why: 1–500 characters.</summary>
    [Id(1)] public required string Reason { get; init; }

    /// <summary>Who: 1–128 characters.</summary>
    [Id(2)] public required string Actor { get; init; }

    /// <summary>For <see cref="CommandKind.ForceOpen"/> and <see cref="CommandKind.ForceClosed"/>: 1 s to 31,536,000 s; null means
    /// until released. Not allowed with the others.</summary>
    [Id(3)] public TimeSpan? Ttl { get; init; }

    /// <summary>Gets whether a forcing command is refused, with <see cref="CommandStatus.NotFound"/>, where nobody has used the component and
    /// no settings name it. The default value is false: the command creates the breaker. True protects against a mistyped name.</summary>
    /// <remarks>A release or a reset never creates a breaker, whatever this says.</remarks>
    [Id(4)] public bool MustExist { get; init; }

    /// <summary>What is wrong with the command, each with what is allowed; empty when it is good.</summary>
    public IReadOnlyList<CommandFault> Validate()
    {
        var faults = new List<CommandFault>();
        AddFault("reason", TextFault(Reason, MaxReasonLength));
        AddFault("actor", ActorFault(Actor));
        if (!Enum.IsDefined(Kind))
        {
            faults.Add(new("kind", $"the command {(byte)Kind} is not known"));
        }

        if (Ttl is { } ttl)
        {
            if (Kind is not (CommandKind.ForceOpen or CommandKind.ForceClosed))
            {
                faults.Add(new("ttl_seconds", "only force-open and force-closed take a ttl_seconds"));
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

    /// <summary>What is wrong with an actor's name; null when it is good.</summary>
    internal static string? ActorFault(string? actor) => TextFault(actor, MaxActorLength);

    private static string? TextFault(string? text, int max) =>
        string.IsNullOrWhiteSpace(text) ? $"is required: 1-{max} characters"
        : text.Length > max ? $"has {text.Length} characters; 1-{max} are allowed"
        : text.Any(char.IsControl) ? "must not have control characters"
        : null;
}

/// <summary>One thing that is wrong with a command.</summary>
/// <param name="Field">The field, as the HTTP API names it.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public readonly record struct CommandFault(string Field, string Message);

/// <summary>What became of a command.</summary>
[GenerateSerializer, Alias("tc.command-status")]
[JsonConverter(typeof(JsonStringEnumConverter<CommandStatus>))]
public enum CommandStatus : byte
{
    /// <summary>It began a new generation.</summary>
    [JsonStringEnumMemberName("applied")]
    Applied = 0,

    /// <summary>There was nothing to do: a release of a breaker that is not forced, or a release or reset of one that was never used.</summary>
    [JsonStringEnumMemberName("unchanged")]
    Unchanged = 1,

    /// <summary>A reset of a forced breaker: release it first.</summary>
    [JsonStringEnumMemberName("conflict")]
    Conflict = 2,

    /// <summary>The cluster has no such breaker and may not create it (S19).</summary>
    [JsonStringEnumMemberName("refused")]
    Refused = 3,

    /// <summary>Nobody has used the component and no settings name it, and the command does not create breakers: a release, a reset, or one
    /// with <see cref="OperatorCommand.MustExist"/>.</summary>
    [JsonStringEnumMemberName("not_found")]
    NotFound = 4,
}

/// <summary>The answer to a command: in effect at once, and whether it is stored yet (S10).</summary>
[GenerateSerializer, Immutable, Alias("tc.command-answer")]
public sealed record CommandAnswer
{
    /// <summary>What became of it.</summary>
    [Id(0)] public required CommandStatus Status { get; init; }

    /// <summary>The breaker after it; null when refused or not found.</summary>
    [Id(1)] public BreakerDetails? Breaker { get; init; }

    /// <summary>Whether the store has it. False: it is in effect and goes on being written until it is stored (C6).</summary>
    [Id(2)] public bool Stored { get; init; }

    /// <summary>The refusal.</summary>
    [Id(3)] public BreakerRefusal? Refusal { get; init; }

    /// <summary>Gets whether this command created the breaker.</summary>
    [Id(4)] public bool Created { get; init; }

    /// <summary>Gets the names like the one that was not found, the nearest first: at most 3. Empty with every other status.</summary>
    [Id(5)] public ImmutableArray<string> Nearest { get; init; } = [];
}
