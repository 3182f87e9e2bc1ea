using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>Workers in a few processes, to be given tasks. Gone when disposed.</summary>
internal sealed class WorkerProcesses : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private readonly IReadOnlyList<ManagedProcess> _processes;

    private WorkerProcesses(IReadOnlyList<ManagedProcess> processes, int workers)
    {
        _processes = processes;
        Workers = workers;
    }

    /// <summary>How many workers there are in all.</summary>
    public int Workers { get; }

    /// <summary>Starts them, spread evenly.</summary>
    public static async Task<WorkerProcesses> StartAsync(int workers, int processes, IReadOnlyList<string> gateways, CancellationToken cancellationToken)
    {
        var started = new List<ManagedProcess>();
        var all = new WorkerProcesses(started, workers);
        try
        {
            for (var number = 0; number < processes; number++)
            {
                var share = ((workers * (number + 1)) / processes) - ((workers * number) / processes);
                started.Add(ManagedProcess.StartDotnet(
                    $"workers-{number + 1}",
                    typeof(WorkerProcesses).Assembly.Location,
                    [WorkerProgram.Command, share.ToString(CultureInfo.InvariantCulture), .. gateways]));
            }

            await Task.WhenAll(started.Select(process => process.WaitForLineAsync(line => line.Contains("ready", StringComparison.Ordinal), Limit, cancellationToken)));
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives a task to every process, and waits for what came of it at each.</summary>
    /// <exception cref="InvalidOperationException">One failed; the message has the error.</exception>
    public async Task<IReadOnlyList<T>> DoAsync<T>(string what, object? with = null, CancellationToken cancellationToken = default) =>
        await Task.WhenAll(_processes.Select(process => DoAsync<T>(process, what, with, cancellationToken)));

    /// <summary>Gives a task to the first process.</summary>
    public Task<T> DoFirstAsync<T>(string what, object? with = null, CancellationToken cancellationToken = default) =>
        DoAsync<T>(_processes[0], what, with, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
    }

    private static async Task<T> DoAsync<T>(ManagedProcess process, string what, object? with, CancellationToken cancellationToken)
    {
        await process.TellAsync(JsonSerializer.Serialize(new { @do = what, with }));
        var line = await process.WaitForLineAsync(line => line.StartsWith('{'), Limit, cancellationToken);
        var answer = JsonNode.Parse(line)!;
        return answer["error"] is { } error
            ? throw new InvalidOperationException($"{process.Name}: {error}")
            : answer["result"].Deserialize<T>()!;
    }
}
