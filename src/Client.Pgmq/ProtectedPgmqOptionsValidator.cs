using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>Finds every fault of a client's options at once, each with its setting and what is allowed. No fault repeats a secret.</summary>
internal sealed class ProtectedPgmqOptionsValidator : IValidateOptions<ProtectedPgmqOptions>
{
    public ValidateOptionsResult Validate(string? name, ProtectedPgmqOptions options)
    {
        string[] faults = [.. Faults(options)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <exception cref="OptionsValidationException">An option is not valid.</exception>
    public static void ThrowIfInvalid(ProtectedPgmqOptions options)
    {
        string[] faults = [.. Faults(options)];
        if (faults.Length > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(ProtectedPgmqOptions), faults);
        }
    }

    private static IEnumerable<string> Faults(ProtectedPgmqOptions options)
    {
        if (options.ConnectionString is { } text && !IsConnectionString(text))
        {
            yield return $"{Named(nameof(options.ConnectionString))} is not a connection string of Npgsql: write Host=…;Database=…;Username=….";
        }

        if (!Enum.IsDefined(options.Scope))
        {
            yield return $"{Named(nameof(options.Scope))} must be {string.Join(" or ", Enum.GetNames<PgmqBreakerScope>())}.";
        }

        if (options.Json is null)
        {
            yield return $"{Named(nameof(options.Json))} is null: leave it out for the web defaults.";
        }

        if (options.CommandTimeout < TimeSpan.FromSeconds(1) || options.CommandTimeout > TimeSpan.FromSeconds(600))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{Named(nameof(options.CommandTimeout))} must be 1-600 seconds; it is {options.CommandTimeout.TotalSeconds}.");
        }

        if (options.ConflictTries is < 1 or > 10)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{Named(nameof(options.ConflictTries))} must be 1-10; it is {options.ConflictTries}.");
        }
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 };
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return false;
        }
    }

    private static string Named(string setting) => $"{nameof(ProtectedPgmqOptions)}.{setting}";
}
