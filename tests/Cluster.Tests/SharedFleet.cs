namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>One silo for the tests that end nothing and change no settings: each uses a breaker of its own. They run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedFleet : IAsyncLifetime, ICollectionFixture<SharedFleet>
{
    public const string Name = "one silo";

    /// <summary>A component with settings, which no worker uses.</summary>
    public const string Unused = "unused";

    private TestFleet? _fleet;

    internal TestFleet Fleet => _fleet ?? throw new InvalidOperationException("The silo has not started.");

    public async ValueTask InitializeAsync() => _fleet = await TestFleet.StartAsync(
        1, new BreakerSettings { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(60), SuccessThreshold = 2 }, ["pgmq", Unused]);

    public async ValueTask DisposeAsync()
    {
        if (_fleet is not null)
        {
            await _fleet.DisposeAsync();
        }
    }
}
