using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Serialization;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Rehearsal;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Setup;

/// <summary>What a silo does for the breakers once it has joined its cluster.</summary>
internal sealed partial class ClusterEntry(IGrainFactory grains, SiloPass pass, TimeProvider time, ILogger<ClusterEntry> logger)
{
    private static readonly TimeSpan OfferRetry = TimeSpan.FromSeconds(1);

    /// <summary>Plays a breaker's life, so that the first circuit that opens need not wait for the compiler.</summary>
    public void Rehearse(SnapshotSealer sealer, Serializer wire)
    {
        try
        {
            new SiloRehearsal(sealer, wire, RowSerializer.Make()).Play();
        }
        catch (Exception exception)
        {
            // Nothing depends on it but how fast the first circuit opens.
            LogNotRehearsed(exception);
        }
    }

    /// <summary>Offers this silo's settings until the cluster has answered (S18).</summary>
    /// <param name="local">The silo's settings.</param>
    /// <param name="edited">Whether they were changed while the silo ran.</param>
    /// <param name="hint">What an operator does to apply superseded settings on purpose.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task OfferAsync(LocalConfiguration local, bool edited, string hint, CancellationToken cancellationToken)
    {
        var own = local.Current;
        var offer = new ConfigurationOffer
        {
            Configuration = own.Configuration,
            ContentHash = own.ContentHash,
            Edited = edited,
            Edit = edited ? Guid.NewGuid() : Guid.Empty,
            SaysNothing = own.SaysNothing,
            Ending = own.Ending,
            EndingRequired = own.EndingRequired,
            Silo = local.Silo,
            LineMarks = own.LineMarks,
            FileMarks = own.FileMarks,
        };
        while (true)
        {
            try
            {
                var answer = await grains.Directory().OfferConfigurationAsync(offer, pass).AsTask().WaitAsync(cancellationToken);
                if (answer.InForce)
                {
                    LogInForce(answer.Version);
                }
                else if (answer.Reason is { } reason)
                {
                    LogNotTaken(answer.Version, reason, hint);
                }
                else
                {
                    LogSuperseded(answer.Version, hint);
                }

                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogOfferFailed(exception);
            }

            await Task.Delay(OfferRetry, time, cancellationToken);
        }
    }

    /// <summary>Reports where this silo's settings stand, every few seconds until cancelled, and keeps what the cluster answers.</summary>
    public async Task ReportAsync(LocalConfiguration local, CancellationToken cancellationToken)
    {
        string? different = null;
        var state = default(ConfigurationState?);
        while (true)
        {
            try
            {
                var overview = await grains.Directory().ReportConfigurationAsync(local.Report, pass).AsTask().WaitAsync(cancellationToken);
                local.Cluster = overview;
                if (overview.DifferentEnvironments != different && (different = overview.DifferentEnvironments) is not null)
                {
                    LogDifferentEnvironments(different);
                }

                if (local.State != state && state == ConfigurationState.InForce && local.State == ConfigurationState.Superseded)
                {
                    LogSupersededNow(overview.Version, overview.From ?? "another silo");
                }

                state = local.State;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // The next report comes soon; a directory of an older version takes none.
                LogNotReported(exception);
            }

            await Task.Delay(SiloReports.Interval, time, cancellationToken);
        }
    }

    /// <summary>Wakes what is stored, so that an open circuit goes on to probe without traffic (S4).</summary>
    public async Task WakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            LogAwake(await grains.Directory().WakeAllAsync(pass).AsTask().WaitAsync(cancellationToken));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The hubs of connected workers call each breaker that is not closed, too.
            LogNotAwake(exception);
        }
    }

    [LoggerMessage(EventIds.EntryInForce, LogLevel.Information, "This silo's settings are in force in the cluster, as version {Version}")]
    private partial void LogInForce(long version);

    [LoggerMessage(EventIds.EntrySuperseded, LogLevel.Warning,
        "This silo's settings were superseded while it was down; the cluster keeps version {Version}. To apply them on purpose, {Hint}")]
    private partial void LogSuperseded(long version, string hint);

    [LoggerMessage(EventIds.EntryNotTaken, LogLevel.Warning, "This silo's settings were not accepted: {Reason}. The cluster keeps version {Version}. To apply them on purpose, {Hint}")]
    private partial void LogNotTaken(long version, string reason, string hint);

    [LoggerMessage(EventIds.EntryDifferentEnvironments, LogLevel.Warning, "Set the same environment on every silo: {Different}")]
    private partial void LogDifferentEnvironments(string different);

    [LoggerMessage(EventIds.EntrySupersededNow, LogLevel.Information, "This silo's settings are superseded: version {Version} of {From} is in force")]
    private partial void LogSupersededNow(long version, string from);

    [LoggerMessage(EventIds.EntryNotReported, LogLevel.Debug, "The directory did not accept the report of this silo's settings; retrying")]
    private partial void LogNotReported(Exception exception);

    [LoggerMessage(EventIds.EntryOfferFailed, LogLevel.Warning, "This silo's settings have not been sent to the cluster yet; retrying")]
    private partial void LogOfferFailed(Exception exception);

    [LoggerMessage(EventIds.EntryAwake, LogLevel.Information, "Activated {Count} stored breakers")]
    private partial void LogAwake(int count);

    [LoggerMessage(EventIds.EntryNotAwake, LogLevel.Warning, "Some stored breakers could not be activated; their workers' calls will activate them")]
    private partial void LogNotAwake(Exception exception);

    [LoggerMessage(EventIds.EntryNotRehearsed, LogLevel.Warning, "Warming up the breaker code failed; the first circuit that opens will be slower")]
    private partial void LogNotRehearsed(Exception exception);
}
