using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Simulation;

/// <summary>A silo: a host, which side of a split it is on, and the settings of its file, which it offers when it starts and when they are edited (S18).</summary>
internal sealed class SimSilo
{
    private static readonly TimeSpan OfferLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OfferRetry = TimeSpan.FromSeconds(1);

    private readonly World _world;
    private readonly Cluster _cluster;
    private long _offers;

    public SimSilo(World world, Cluster cluster, CircuitBreakerConfiguration configuration)
    {
        (_world, _cluster, Configuration, Host) = (world, cluster, configuration, new Host(world));
        Offer(edited: false);
    }

    public Host Host { get; private set; }

    /// <summary>0 while the cluster is whole.</summary>
    public int Side { get; set; }

    /// <summary>What its file says.</summary>
    public CircuitBreakerConfiguration Configuration { get; private set; }

    /// <summary>The silo died; another process takes its place, with clocks of its own and the same file.</summary>
    public void Restart()
    {
        Host = new Host(_world);
        Offer(edited: false);
    }

    /// <summary>Somebody edits its file.</summary>
    public void Edit(CircuitBreakerConfiguration configuration)
    {
        Configuration = configuration;
        Offer(edited: true);
    }

    /// <summary>Offers the file's settings until the directory has answered; a later offer takes the place of one that has not been answered.</summary>
    private void Offer(bool edited) => Offer(edited ? _world.Random.NextGuid() : Guid.Empty, ++_offers, Host);

    private void Offer(Guid edit, long number, Host host)
    {
        if (number != _offers || host != Host)
        {
            return;
        }

        var offer = new ConfigurationOffer { Configuration = Configuration, ContentHash = Configuration.ContentHash(), Edited = edit != Guid.Empty, Edit = edit };
        _cluster.Call<ConfigurationAnswer>(
            host,
            answer => _cluster.Directory(Side, directory => answer(directory.Offer(offer))),
            _ => { },
            () => _world.After(OfferRetry, () => host.Run(() => Offer(edit, number, host))),
            OfferLimit);
    }
}
