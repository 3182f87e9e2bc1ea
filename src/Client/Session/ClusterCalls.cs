using Orleans;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Client.Mirror;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>A worker's calls to grains. Each is answered within a limit or fails (C8), and what a failure shows about the gateways goes to the
/// connection: a shell around <see cref="SilenceTracker"/>. Safe for any number of threads.</summary>
/// <param name="connection">The way to the cluster.</param>
/// <param name="limit">How long an answer may take.</param>
/// <param name="clock">The time.</param>
internal sealed class ClusterCalls(IClusterConnection connection, TimeSpan limit, WorkerClock clock)
{
    private readonly Lock _lock = new();
    private readonly SilenceTracker _silence = new();

    /// <exception cref="ClusterUnavailableException">No silo was reached yet.</exception>
    public IClusterClient Client =>
        connection.Client ?? throw new ClusterUnavailableException($"No silo was reached yet through {connection.Describe()}.");

    /// <summary>Makes a call.</summary>
    /// <exception cref="TimeoutException">There was no answer within the limit.</exception>
    public async Task<T> AnswerAsync<T>(Callee callee, Func<Task<T>> call)
    {
        var startedAt = clock.Now.Elapsed;
        try
        {
            var answer = await call().WaitAsync(limit, clock.Time).ConfigureAwait(false);
            lock (_lock)
            {
                _silence.Answered(callee);
            }

            return answer;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Inform(Failed(callee, exception, startedAt));
            throw;
        }
    }

    private GatewaySign Failed(Callee callee, Exception exception, TimeSpan startedAt)
    {
        lock (_lock)
        {
            return _silence.Failed(callee, exception, startedAt, clock.Now.Elapsed);
        }
    }

    private void Inform(GatewaySign sign)
    {
        if (sign == GatewaySign.Silent)
        {
            connection.CallsUnanswered();
        }
        else if (sign == GatewaySign.Refused)
        {
            connection.CallFailed();
        }
    }
}
