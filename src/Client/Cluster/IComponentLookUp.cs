using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Client;

/// <summary>Whether the cluster knows a component, and which known names are like it.</summary>
/// <remarks>Safe to use from any number of threads.</remarks>
internal interface IComponentLookUp
{
    /// <summary>Asks the directory; creates nothing.</summary>
    /// <exception cref="ClusterUnavailableException">No silo answered.</exception>
    Task<ComponentStanding> LookUpAsync(string component, CancellationToken cancellationToken);
}
