namespace TaskerCore.Orleans.Simulation;

/// <summary>A silo: a host, and which side of a split it is on.</summary>
internal sealed class SimSilo(World world, int number)
{
    public int Number { get; } = number;

    public Host Host { get; private set; } = new(world);

    /// <summary>0 while the cluster is whole.</summary>
    public int Side { get; set; }

    /// <summary>The silo died; another process takes its place, with clocks of its own.</summary>
    public void Restart() => Host = new Host(world);
}
