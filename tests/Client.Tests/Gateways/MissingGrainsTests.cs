using TaskerCore.Orleans.Client.Gateways;

namespace TaskerCore.Orleans.Client.Tests.Gateways;

/// <summary>Orleans tells by messages alone that a cluster has no breaker grains.</summary>
public sealed class MissingGrainsTests
{
    private const string NoInstance = "Failed to create an instance of grain type 'TaskerCore.Orleans.Grains.Hubs.WorkerHubGrain'.";

    public static TheoryData<Exception, bool> Failures => new()
    {
        { new ArgumentException("Could not find an implementation for interface IWorkerHubGrain"), true },
        { new ArgumentException("another argument"), false },
        { new InvalidOperationException(NoInstance, new InvalidOperationException("Unable to resolve service for type 'SiloMetrics'")), true },
        { new InvalidOperationException(NoInstance, new InvalidOperationException("the constructor threw")), false },
        { new InvalidOperationException(NoInstance), false },
        {
            new InvalidOperationException(
                "Failed to create an instance of grain type 'Shop.CartGrain'.", new InvalidOperationException("Unable to resolve service for type 'Cart'")),
            false
        },
        { new TimeoutException("Could not find an implementation for interface IWorkerHubGrain"), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Missing_grains_explain_a_failure_that_names_them(Exception failure, bool explained) =>
        Assert.Equal(explained, MissingGrains.Explain(failure));
}
