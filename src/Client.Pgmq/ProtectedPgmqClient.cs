using System.Data;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>pgmq behind a cluster-wide circuit breaker: every operation, under pgmq's own names.</summary>
/// <remarks>
/// <para>Safe to use from any number of threads; keep one. All values are bound as parameters. Postgres' own exceptions pass through
/// unchanged (<see cref="PgmqErrors"/> says what they mean), but for a queue or a pgmq that is not there
/// (<see cref="PgmqQueueNotFoundException"/>, <see cref="PgmqNotInstalledException"/>); a rejected call throws <see cref="CircuitOpenException"/> before
/// anything is sent. A call that is cancelled through its own token counts neither way.</para>
/// <para>Times to live and delays are in whole seconds, as pgmq takes them.</para>
/// </remarks>
public sealed partial class ProtectedPgmqClient : IProtectedPgmqClient
{
    /// <summary>The component that guards pgmq.</summary>
    public const string Component = "pgmq";

    /// <summary>The maximum length of a queue name: 47 bytes in UTF-8. Postgres cuts identifiers after 63 bytes, and the longest prefix that pgmq
    /// puts before a name has 16.</summary>
    public const int MaxQueueNameLength = 47;

    internal const string Reflection = "The message's type is read by reflection. Where code is trimmed or compiled ahead of time, pass its JsonTypeInfo.";

    private readonly NpgsqlDataSource _source;
    private readonly ICircuitBreakerManager _breakers;
    private readonly ProtectedPgmqOptions _options;
    private readonly ICircuitBreaker _shared;

    /// <summary>A client over a data source, which stays the caller's to dispose.</summary>
    /// <exception cref="OptionsValidationException">An option is not valid; the message names each fault.</exception>
    public ProtectedPgmqClient(NpgsqlDataSource source, ICircuitBreakerManager breakers, ProtectedPgmqOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(breakers);
        _source = source;
        _breakers = breakers;
        _options = options ?? new ProtectedPgmqOptions();
        ProtectedPgmqOptionsValidator.ThrowIfInvalid(_options);
        _shared = breakers.Get(Component).WithClassifier(PgmqErrors.Classifier);
    }

    /// <inheritdoc/>
    public ICircuitBreaker BreakerOf(string? queue = null)
    {
        if (_options.Scope == PgmqBreakerScope.Shared || queue is null)
        {
            return _shared;
        }

        // pgmq's tables are named in lower case, so names that differ only in case are one queue and have one breaker. A queue name may
        // contain characters that a component name may not: such a queue shares the common breaker.
        var component = $"{Component}/{queue.ToLowerInvariant()}";
        return ComponentName.IsValid(component) ? _breakers.Get(component).WithClassifier(PgmqErrors.Classifier) : _shared;
    }

    private static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };

    private static NpgsqlParameter Json(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = (object?)value ?? DBNull.Value };

    private static NpgsqlParameter Jsons(string[]? values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Value = (object?)values ?? DBNull.Value };

    private static NpgsqlParameter Id(long value) => new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = value };

    private static NpgsqlParameter Ids(IEnumerable<long> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = values.ToArray() };

    private static NpgsqlParameter Whole(int value) => new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = value };

    private static NpgsqlParameter Time(DateTimeOffset value) =>
        new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = value.ToUniversalTime() };

    private static int Seconds(TimeSpan? span, string parameter)
    {
        var seconds = Math.Ceiling((span ?? TimeSpan.Zero).TotalSeconds);
        return seconds is >= 0 and <= int.MaxValue
            ? (int)seconds
            : throw new ArgumentOutOfRangeException(parameter, span, "Must be 0 or more, and fit into whole seconds.");
    }

    private static int AtLeastOne(int quantity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quantity, 1);
        return quantity;
    }

    private static void CheckQueue(string queue)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);

        // Postgres counts bytes. pgmq folds the name to lower case, which may take more of them.
        var bytes = Math.Max(Encoding.UTF8.GetByteCount(queue), Encoding.UTF8.GetByteCount(queue.ToLowerInvariant()));
        if (bytes > MaxQueueNameLength || queue.AsSpan().ContainsAny("$;'\"\0") || queue.Contains("--", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{queue}' is not a queue name: 1-{MaxQueueNameLength} bytes in UTF-8 are allowed (it has {bytes}), without $ ; ' \" -- and NUL.",
                nameof(queue));
        }
    }

    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    private string Serialize<T>(T message) => JsonSerializer.Serialize(message, _options.Json);

    private static string Serialize<T>(T message, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return JsonSerializer.Serialize(message, type);
    }

    private static string? SerializeHeaders(IReadOnlyDictionary<string, string>? headers) =>
        headers is null ? null : JsonSerializer.Serialize(headers, PgmqJson.Default.IReadOnlyDictionaryStringString);

    private PgmqMessage ReadMessage(NpgsqlDataReader row) => new()
    {
        Options = _options.Json,
        MsgId = row.GetInt64("msg_id"),
        ReadCount = row.GetInt32("read_ct"),
        EnqueuedAt = row.GetFieldValue<DateTimeOffset>("enqueued_at"),
        // pgmq has this column since 1.10.
        LastReadAt = Has(row, "last_read_at") && !row.IsDBNull("last_read_at") ? row.GetFieldValue<DateTimeOffset>("last_read_at") : null,
        VisibleAt = row.GetFieldValue<DateTimeOffset>("vt"),
        // The column may be null: such a message must not spoil the batch that it comes in.
        Json = row.IsDBNull("message") ? "null" : row.GetString("message"),
        HeadersJson = row.IsDBNull("headers") ? null : row.GetString("headers"),
    };

    private static bool Has(NpgsqlDataReader row, string column)
    {
        for (var index = 0; index < row.FieldCount; index++)
        {
            if (row.GetName(index) == column)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<T> OneAsync<T>(
        string? queue, string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        (await ManyAsync(queue, sql, parameters, read, cancellationToken).ConfigureAwait(false))[0];

    private Task<IReadOnlyList<int>> DoAsync(string? queue, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken) =>
        ManyAsync(queue, sql, parameters, static _ => 0, cancellationToken);

    /// <summary>Runs one statement behind the queue's breaker.</summary>
    private async Task<IReadOnlyList<T>> ManyAsync<T>(
        string? queue,
        string sql,
        NpgsqlParameter[] parameters,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        TimeSpan extraTime = default)
    {
        if (queue is not null)
        {
            CheckQueue(queue);
        }

        var statement = new Statement<T>(this, queue, sql, parameters, read, _options.CommandTimeout + extraTime);
        return await BreakerOf(queue).ExecuteAsync(static (run, token) => run.RunAsync(token), statement, cancellationToken).ConfigureAwait(false);
    }

    private sealed record Statement<T>(
        ProtectedPgmqClient Client, string? Queue, string Sql, NpgsqlParameter[] Parameters, Func<NpgsqlDataReader, T> Read, TimeSpan Timeout)
    {
        public async ValueTask<IReadOnlyList<T>> RunAsync(CancellationToken cancellationToken)
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await RunOnceAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (PostgresException conflict) when (PgmqErrors.IsLostConflict(conflict) && attempt < Client._options.ConflictTries)
                {
                    // Whoever won is done by now: the statement is tried again at once.
                    cancellationToken.ThrowIfCancellationRequested();
                }
                catch (PostgresException answer) when (Queue is not null && PgmqErrors.IsMissingQueue(answer))
                {
                    throw new PgmqQueueNotFoundException(Queue, answer);
                }
                catch (PostgresException answer) when (PgmqErrors.IsMissingPgmq(answer))
                {
                    throw new PgmqNotInstalledException(answer);
                }
            }
        }

        private async ValueTask<IReadOnlyList<T>> RunOnceAsync(CancellationToken cancellationToken)
        {
            var command = Client._source.CreateCommand(Sql);
            await using var commandDisposal = command.ConfigureAwait(false);
            command.CommandTimeout = (int)Math.Ceiling(Timeout.TotalSeconds);
            foreach (var parameter in Parameters)
            {
                command.Parameters.Add(parameter.Clone());
            }

            var rows = new List<T>();
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var readerDisposal = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(Read(reader));
            }

            return rows;
        }
    }
}
