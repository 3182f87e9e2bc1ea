using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using TaskerCore.Orleans.Configuration;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>Why the process did not start: what the operator reads, and the exit code.</summary>
/// <remarks>A message and no stack trace: the trace would bury what must be changed.</remarks>
internal sealed record StartFault(string Message, int ExitCode)
{
    /// <summary>The fault that an exception of the start stands for.</summary>
    public static StartFault Of(Exception exception) => exception switch
    {
        // Its lines are the faults, each with its place.
        ConfigurationFaultsException => new(exception.Message, Hosting.ExitCode.Misconfigured),
        AggregateException { InnerExceptions: [var single] } => Of(single),
        SocketException or IOException { InnerException: AddressInUseException } => new(
            $"The HTTP API cannot listen: {Line(exception)}. Set Urls to another address.", Hosting.ExitCode.Misconfigured),
        FormatException or ArgumentOutOfRangeException { ParamName: "port" } => new($"Urls is invalid: {Line(exception)}.", Hosting.ExitCode.Misconfigured),
        UnauthorizedAccessException => new(
            $"A file cannot be read: {Line(exception)}. Give the silo's user read access, or correct the setting that names the file.", Hosting.ExitCode.Misconfigured),
        CryptographicException => new(
            $"A certificate or key of the HTTP API cannot be used: {Line(exception)}. Correct Kestrel:Certificates.", Hosting.ExitCode.Misconfigured),
        InvalidOperationException { Source: "Microsoft.Extensions.Logging.Configuration" } => new(
            $"The logging settings are invalid: {Line(exception)}. A level is Trace, Debug, Information, Warning, Error, Critical or None.", Hosting.ExitCode.Misconfigured),
        InvalidOperationException { InnerException: null } => new(exception.Message, Hosting.ExitCode.Misconfigured),
        InvalidOperationException or OptionsValidationException or JsonException or InvalidDataException or IOException or ArgumentException
            or NotSupportedException => new($"{Line(exception)}.", Hosting.ExitCode.Misconfigured),
        _ => new($"The silo cannot start ({exception.GetType().Name}: {Line(exception)}).", Hosting.ExitCode.Failed),
    };

    /// <summary>The message as one line without its full stop, and with the cause where the message only points to it.</summary>
    public static string Line(Exception exception)
    {
        var text = One(exception.Message);
        return exception.InnerException is { } inner && One(inner.Message) is var cause && !text.Contains(cause, StringComparison.Ordinal)
            ? $"{text} ({cause})"
            : text;

        static string One(string message) =>
            string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
    }
}
