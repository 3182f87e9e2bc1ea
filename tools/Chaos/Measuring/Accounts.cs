using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using TaskerCore.Orleans.Chaos.Cluster;
using TaskerCore.Orleans.Chaos.LoadWorker;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Measuring;

/// <summary>What is left when all is quiet: counters and messages, on both sides.</summary>
/// <param name="Workers">What the workers counted, those that were killed included, as far as they said.</param>
/// <param name="Cluster">What the breaker's totals have.</param>
/// <param name="MessagesLost">Acknowledged and never archived.</param>
/// <param name="MessagesTwice">Archived more than once, in excess.</param>
/// <param name="MessagesAllowedTwice">Sends that failed without an answer.</param>
internal sealed record Accounts(LoadCounts Workers, LoadCounts Cluster, long MessagesLost, long MessagesTwice, long MessagesAllowedTwice)
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private const string CountMessages = """
        WITH acknowledged (worker, producer, upto) AS (SELECT * FROM unnest($1, $2, $3)),
        archived AS (
            SELECT message->>'worker' AS worker, (message->>'producer')::integer AS producer, (message->>'number')::bigint AS number, count(*) AS times
            FROM pgmq.a_orders GROUP BY 1, 2, 3
        )
        SELECT (SELECT coalesce(sum(upto), 0) FROM acknowledged)::bigint
               - (SELECT count(*) FROM archived JOIN acknowledged USING (worker, producer) WHERE number <= upto),
               (SELECT coalesce(sum(times - 1), 0) FROM archived)::bigint
        """;

    /// <summary>Outcomes that the workers counted and the cluster has not.</summary>
    public long CountersLost => Missing(Workers - Cluster);

    /// <summary>Outcomes that the cluster has and no worker counted.</summary>
    public long CountersInvented => Missing(Cluster - Workers);

    /// <summary>Has the workers end their work, waits until all of it is archived and reported, and counts.</summary>
    public static async Task<Accounts> SettleAsync(ChaosCluster cluster, CancellationToken cancellationToken)
    {
        await Task.WhenAll(cluster.Workers.Select(worker => worker.EndProducingAsync()));
        if (!cluster.Plan.IsStorm)
        {
            // An empty queue means nothing while messages are still under way.
            await Task.WhenAll(cluster.Workers.Select(worker => worker.UntilAsync(
                status => status.ProducingHasEnded, "done with sending", ReportLimit, cancellationToken)));
            await DrainAsync(cluster, cancellationToken);
        }

        var last = await Task.WhenAll(cluster.Workers.Select(worker => worker.EndAsync(cancellationToken)));
        var counted = last.Concat(cluster.Killed.Select(worker => worker.Status!)).Aggregate(LoadCounts.Zero, (sum, status) => sum + status.Counts);
        var totals = await ReportedAsync(cluster, counted, cancellationToken);
        var (lost, twice) = cluster.Plan.IsStorm ? (0, 0) : await CountMessagesAsync(cluster, cancellationToken);

        // What a killed worker was sending is unanswered, too, and its last word may be older than its last failed sends.
        var unanswered = last.Sum(status => status.Unanswered) + cluster.Killed.Sum(worker => worker.Status!.Unanswered + (2 * cluster.Plan.Producers));
        return new(counted, totals, lost, twice, unanswered);
    }

    private static long Missing(LoadCounts difference) =>
        Math.Max(0, difference.Succeeded) + Math.Max(0, difference.Failed) + Math.Max(0, difference.Ignored) + Math.Max(0, difference.Rejected);

    private static async Task DrainAsync(ChaosCluster cluster, CancellationToken cancellationToken)
    {
        await using var count = cluster.Queues.CreateCommand($"SELECT count(*) FROM pgmq.q_{LoadSettings.Queue}");
        var left = -1L;
        await Waiting.UntilAsync(
            async () => (left = (long)(await count.ExecuteScalarAsync(cancellationToken))!) == 0,
            () => $"{left} messages are still in the queue",
            DrainLimit,
            Poll,
            cancellationToken);
    }

    /// <summary>The cluster's totals, once they are the workers' or have not become so for long enough.</summary>
    private static async Task<LoadCounts> ReportedAsync(ChaosCluster cluster, LoadCounts counted, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var view = await cluster.AskAsync(cancellationToken);
            if (view is not null && (view.Counts == counted || Stopwatch.GetElapsedTime(since) > ReportLimit))
            {
                return view.Counts;
            }

            if (Stopwatch.GetElapsedTime(since) > ReportLimit * 2)
            {
                throw new TimeoutException("The breaker does not answer at the end, so nothing can be counted.");
            }

            await Task.Delay(Poll, cancellationToken);
        }
    }

    private static async Task<(long Lost, long Twice)> CountMessagesAsync(ChaosCluster cluster, CancellationToken cancellationToken)
    {
        var acknowledged = cluster.Workers.Concat(cluster.Killed)
            .SelectMany(worker => worker.Status!.Acknowledged.Select((upTo, producer) => (worker.Name, Producer: producer, UpTo: upTo)))
            .ToList();
        await using var command = cluster.Queues.CreateCommand(CountMessages);
        command.CommandTimeout = 120;
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = acknowledged.Select(each => each.Name).ToArray() });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, Value = acknowledged.Select(each => each.Producer).ToArray() });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = acknowledged.Select(each => each.UpTo).ToArray() });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
