using BenchmarkDotNet.Attributes;
using Polly;
using Polly.CircuitBreaker;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.HotPath;

/// <summary>One call while open: told by value, and by exception. Names are <c>Form_Who</c>.</summary>
public class RejectedCalls
{
    private static readonly Func<CancellationToken, ValueTask<int>> Operation = static _ => new(1);
    private static readonly Func<ResilienceContext, object?, ValueTask<Outcome<int>>> PollyOperation = static (_, _) => new(Outcome.FromResult(1));

    private Peers _peers = null!;
    private ResiliencePipeline _polly = null!;
    private ICircuitBreaker _ours = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _peers = await Peers.ConnectAsync();
        _polly = await Peers.OpenPollyAsync();
        _ours = await _peers.OpenBreakerAsync("bench-open");
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _peers.DisposeAsync();

    // Not awaited here: a state machine of the benchmark's own would be a quarter of what it measures. Both have completed when they return.
    [Benchmark]
    public ValueTask<Outcome<int>> Value_Polly()
    {
        var context = ResilienceContextPool.Shared.Get();
        var rejected = _polly.ExecuteOutcomeAsync(PollyOperation, context, null);
        ResilienceContextPool.Shared.Return(context);
        return rejected;
    }

    [Benchmark]
    public ValueTask<CallOutcome<int>> Value_Ours() => _ours.TryExecuteAsync(Operation);

    [Benchmark]
    public async ValueTask<bool> Exception_Polly()
    {
        try
        {
            return await _polly.ExecuteAsync(Operation) == 0;
        }
        catch (BrokenCircuitException)
        {
            return true;
        }
    }

    [Benchmark]
    public async ValueTask<bool> Exception_Ours()
    {
        try
        {
            return await _ours.ExecuteAsync(Operation) == 0;
        }
        catch (CircuitOpenException)
        {
            return true;
        }
    }
}
