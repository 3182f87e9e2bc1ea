using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>C5: what a hub said of its workers is not undone by what it had said before, and an authority forgets no hub's workers.</summary>
internal sealed class AttachmentPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    private readonly Dictionary<(SimAuthority Authority, string Hub), (Guid Incarnation, long Number)> _newest = [];

    public override void OnAttached(SimAuthority authority, HubAttachment attachment, int workersBefore, int workersAfter)
    {
        var key = (authority, attachment.Hub);
        if (_newest.TryGetValue(key, out var newest) && newest.Incarnation == attachment.Incarnation && newest.Number >= attachment.Number)
        {
            if (workersAfter != workersBefore)
            {
                Fail("C5 an attachment that comes late says nothing", $"{attachment.Hub} has {attachment.Workers} workers by its number {attachment.Number}, and had said {newest.Number}");
            }

            return;
        }

        _newest[key] = (attachment.Incarnation, attachment.Number);
    }
}
