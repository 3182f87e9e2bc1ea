using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace TaskerCore.Orleans;

/// <summary>Validates component names: 1–128 characters of <c>a-z A-Z 0-9 . _ - : /</c>, case-sensitive.</summary>
/// <remarks>Rule S19: see <c>docs/rules.md</c>.</remarks>
public static class ComponentName
{
    /// <summary>The maximum length of a name.</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/");

    /// <summary>Returns whether <paramref name="name"/> is a valid component name.</summary>
    public static bool IsValid([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxLength } && !name.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>Throws an <see cref="ArgumentException"/> if <paramref name="name"/> is not a valid component name.</summary>
    /// <exception cref="ArgumentException">The name is empty, too long, or has a character that is not allowed.</exception>
    public static void ThrowIfInvalid([NotNull] string? name, string parameter = "component")
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        if (!IsValid(name))
        {
            throw new ArgumentException(Fault(name), parameter);
        }
    }

    /// <summary>Returns why a name is invalid and what is allowed, in one sentence without untrusted text.</summary>
    public static string Fault(string? name)
    {
        const string allowed = "a component name is 1-128 characters of a-z A-Z 0-9 . _ - : /";
        if (string.IsNullOrEmpty(name))
        {
            return $"The component name is empty; {allowed}.";
        }

        if (name.Length > MaxLength)
        {
            return $"The component name has {name.Length} characters; {allowed}.";
        }

        var at = name.AsSpan().IndexOfAnyExcept(Allowed);
        return $"The component name has the character U+{(int)name[at]:X4} at position {at + 1}; {allowed}.";
    }
}
