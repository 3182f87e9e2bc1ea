using System.Text.Json;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>The body of an operator's command: <c>{"reason","actor","ttl_seconds","create"}</c>. Of a caller with a key the key's name is the
/// actor, whatever the body says.</summary>
internal static class CommandBody
{
    private const int MaxBytes = 16_384;

    private static readonly string[] Forcing = ["reason", "actor", "ttl_seconds", "create"];
    private static readonly string[] Other = ["reason", "actor", "ttl_seconds"];

    /// <summary>Reads the command; what is wrong is added to <paramref name="faults"/>, by field. With a fault it is what could be read of it,
    /// and only good for the log; null: nothing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="kind">What is commanded.</param>
    /// <param name="actor">Who the caller is known to be; null: the body says it.</param>
    /// <param name="faults">What is wrong.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<OperatorCommand?> ReadAsync(
        HttpRequest request, CommandKind kind, string? actor, Dictionary<string, string[]> faults, CancellationToken cancellationToken)
    {
        if (await ParseAsync(request, faults, cancellationToken) is not { } body)
        {
            return null;
        }

        using (body)
        {
            try
            {
                return Read(body.RootElement, kind, actor, faults);
            }
            catch (InvalidOperationException)
            {
                // JSON lets text be written that is no Unicode, as half a surrogate pair.
                faults["body"] = ["contains invalid Unicode"];
                return null;
            }
        }
    }

    private static OperatorCommand? Read(JsonElement body, CommandKind kind, string? actor, Dictionary<string, string[]> faults)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            faults["body"] = ["must be a JSON object: {\"reason\": \"...\", \"actor\": \"...\", \"ttl_seconds\": 60}"];
            return null;
        }

        var known = kind is CommandKind.ForceOpen or CommandKind.ForceClosed ? Forcing : Other;
        foreach (var unknown in body.EnumerateObject().Where(field => !known.Contains(field.Name)))
        {
            faults[unknown.Name] = [$"is not a known field; {string.Join(", ", known)} are"];
        }

        var command = new OperatorCommand
        {
            Kind = kind,
            Reason = Text(body, "reason", faults),
            Actor = actor ?? Text(body, "actor", faults),
            Ttl = Seconds(body, faults),
            MustExist = !Switch(body, "create", faults),
        };
        foreach (var fault in command.Validate())
        {
            faults.TryAdd(fault.Field, [fault.Message]);
        }

        return command;
    }

    private static async Task<JsonDocument?> ParseAsync(HttpRequest request, Dictionary<string, string[]> faults, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes + 1];
        int length;
        try
        {
            length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (IOException unreadable) when (unreadable is not BadHttpRequestException)
        {
            // The server throws it for a chunk whose size overflows: the request is at fault, and not the cluster.
            throw new BadHttpRequestException("The request body cannot be read.", StatusCodes.Status400BadRequest, unreadable);
        }

        if (length > MaxBytes)
        {
            faults["body"] = [$"is larger than {MaxBytes} bytes"];
            return null;
        }

        try
        {
            return JsonDocument.Parse(buffer.AsMemory(0, length));
        }
        catch (JsonException exception)
        {
            faults["body"] = [$"is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})"];
            return null;
        }
    }

    private static string Text(JsonElement body, string field, Dictionary<string, string[]> faults)
    {
        if (!body.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return string.Empty;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString()!;
        }

        faults[field] = ["must be text"];
        return string.Empty;
    }

    private static bool Switch(JsonElement body, string field, Dictionary<string, string[]> faults)
    {
        if (!body.TryGetProperty(field, out var value) || value.ValueKind is JsonValueKind.Null or JsonValueKind.False or JsonValueKind.True)
        {
            return value.ValueKind == JsonValueKind.True;
        }

        faults.TryAdd(field, ["must be true or false"]);
        return false;
    }

    private static TimeSpan? Seconds(JsonElement body, Dictionary<string, string[]> faults)
    {
        if (!body.TryGetProperty("ttl_seconds", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 1 and <= OperatorCommand.MaxTtlSeconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        faults["ttl_seconds"] = [$"must be a number of seconds from 1 to {OperatorCommand.MaxTtlSeconds}"];
        return null;
    }
}
