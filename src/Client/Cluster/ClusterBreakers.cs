using System.Net.Sockets;
using Orleans;
using Orleans.Runtime;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client;

/// <summary>Asks and commands the cluster.</summary>
internal sealed class ClusterBreakers(IClusterConnection connection, TimeProvider time) : IBreakerClusterQueries, IBreakerClusterCommands, IComponentLookUp
{
    /// <summary>How long a question is asked again: longer than a silo's death takes to be noticed, and its breakers to move.</summary>
    private static readonly TimeSpan QueryLimit = TimeSpan.FromSeconds(8);

    /// <summary>How long one call of a question may take: a silo that hangs answers never.</summary>
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QueryRetry = TimeSpan.FromMilliseconds(100);

    public async Task<IReadOnlyList<BreakerDetails>> ListAsync(BreakerFilter? filter = null, CancellationToken cancellationToken = default) =>
        await AskAsync(directory => directory.ListAsync(filter ?? BreakerFilter.All).AsTask(), cancellationToken).ConfigureAwait(false);

    public Task<BreakerDetails?> GetAsync(string component, CancellationToken cancellationToken = default)
    {
        ComponentName.ThrowIfInvalid(component);
        return AskAsync(directory => directory.GetAsync(component).AsTask(), cancellationToken);
    }

    public async Task<IReadOnlyList<BreakerTransition>?> GetHistoryAsync(string component, CancellationToken cancellationToken = default)
    {
        ComponentName.ThrowIfInvalid(component);
        var history = await AskAsync(directory => directory.GetHistoryAsync(component).AsTask(), cancellationToken).ConfigureAwait(false);
        return history;
    }

    public async Task<ClusterHealth> GetHealthAsync(CancellationToken cancellationToken = default) =>
        ClusterHealth.Of(await ListAsync(null, cancellationToken).ConfigureAwait(false));

    /// <summary>The settings in force.</summary>
    public Task<ConfigurationInForce> GetConfigurationAsync(CancellationToken cancellationToken) =>
        AskAsync(directory => directory.GetConfigurationAsync().AsTask(), cancellationToken);

    public Task<ComponentStanding> LookUpAsync(string component, CancellationToken cancellationToken) =>
        AskAsync(directory => directory.LookUpAsync(component).AsTask(), cancellationToken);

    public Task<CommandAnswer> CommandAsync(string component, OperatorCommand command, CancellationToken cancellationToken = default)
    {
        ComponentName.ThrowIfInvalid(component);
        ArgumentNullException.ThrowIfNull(command);
        if (command.Validate() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join("; ", faults.Select(fault => $"{fault.Field} {fault.Message}")), nameof(command));
        }

        return CallAsync(
            client => client.Breaker(component).CommandAsync(command, connection.Pass).AsTask(), cancellationToken);
    }

    /// <summary>A question may be asked again: while a silo's death is being noticed, calls to it fail at once.</summary>
    private async Task<T> AskAsync<T>(Func<IBreakerDirectoryGrain, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(QueryLimit, time);
        while (true)
        {
            try
            {
                return await CallAsync(client => ask(client.Directory()).WaitAsync(AttemptLimit, time, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (ClusterUnavailableException unavailable) when (connection.Client is not null && !unavailable.IsFinal && !limit.IsCancellationRequested)
            {
                await Task.Delay(QueryRetry, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<T> CallAsync<T>(Func<IClusterClient, Task<T>> call, CancellationToken cancellationToken)
    {
        if (connection.Client is not { } client)
        {
            throw Unavailable(null, mayHaveArrived: false);
        }

        try
        {
            return await call(client).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (MissingGrains.Explain(exception))
        {
            throw new ClusterUnavailableException($"A cluster answers through {connection.Describe()}. {MissingGrains.Message}", exception) { IsFinal = true };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && IsNoAnswer(exception))
        {
            throw Unavailable(exception, mayHaveArrived: true);
        }
    }

    /// <summary>Whether an exception of a call says that the cluster is busy failing over, starting or stopping, and nothing about the request.
    /// A cancellation that the caller did not ask for is one: Orleans cancels its own look-ups and connections while silos go.</summary>
    private static bool IsNoAnswer(Exception exception) =>
        exception is TimeoutException or OrleansException or IOException or SocketException or InvalidOperationException or OperationCanceledException
        || (exception is AggregateException { InnerExceptions: { Count: > 0 } inner } && inner.All(IsNoAnswer));

    private ClusterUnavailableException Unavailable(Exception? cause, bool mayHaveArrived) => new(
        $"No silo answered through {connection.Describe()}. {connection.Advice}", cause)
    {
        MayHaveArrived = mayHaveArrived,
    };
}
