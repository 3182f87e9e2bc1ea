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

    [Benchmark]
    public async ValueTask<bool> Value_Polly()
    {
        var context = ResilienceContextPool.Shared.Get();
        var outcome = await _polly.ExecuteOutcomeAsync(PollyOperation, context, null);
        ResilienceContextPool.Shared.Return(context);
        return outcome.Exception is null;
    }

    [Benchmark]
    public async ValueTask<bool> Value_Ours() => (await _ours.TryExecuteAsync(Operation)).IsRejected;

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
