using Orleans.Runtime;

namespace TaskerCore.Orleans.Grains.Hosting;

/// <summary>Tells when active silos came or went.</summary>
internal static class SiloWatch
{
    /// <summary>Watches until cancelled. What is there at the beginning is no change.</summary>
    /// <param name="membership">The cluster's membership.</param>
    /// <param name="changed">Called for each change, on the caller's scheduler.</param>
    /// <param name="cancellationToken">Ends it, without an exception.</param>
    public static async Task UntilAsync(IClusterMembershipService membership, Action changed, CancellationToken cancellationToken)
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
    }
}
