using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace TaskerCore.Orleans.Grains.Hosting;

/// <summary>Tells when active silos came or went.</summary>
internal static partial class SiloWatch
{
    /// <summary>Watches until cancelled. What is there at the beginning is no change.</summary>
    /// <param name="membership">The cluster's membership.</param>
    /// <param name="changed">Called for each change, on the caller's scheduler.</param>
    /// <param name="who">Who watches, for the log.</param>
    /// <param name="logger">Hears of a defect; what silos' changes would have told is then learnt at the usual intervals only.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task UntilAsync(
        IClusterMembershipService membership, Action changed, string who, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            HashSet<SiloAddress>? known = null;
            await foreach (var update in membership.MembershipUpdates.WithCancellation(cancellationToken))
            {
                var active = update.Members.Values.Where(silo => silo.Status == SiloStatus.Active).Select(silo => silo.SiloAddress).ToHashSet();
                if (known is not null && !known.SetEquals(active))
                {
                    changed();
                }

                known = active;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The activation ends.
        }
        catch (Exception exception)
        {
            LogNotWatching(logger, who, exception);
        }
    }

    [LoggerMessage(101, LogLevel.Warning, "{Who} no longer hears when silos come and go; it asks and writes at its intervals only")]
    private static partial void LogNotWatching(ILogger logger, string who, Exception exception);
}
