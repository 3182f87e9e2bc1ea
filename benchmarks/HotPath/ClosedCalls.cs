using BenchmarkDotNet.Attributes;
using Polly;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.HotPath;

/// <summary>One protected call while closed, in the forms that a worker uses. Names are <c>Form_Who</c>.</summary>
public class ClosedCalls
{
    private static readonly Action Nothing = static () => { };
    private static readonly Func<CancellationToken, ValueTask> NothingAsync = static _ => default;
    private static readonly Func<CancellationToken, ValueTask<int>> ResultAsync = static _ => new(1);
    private static readonly Func<object, CancellationToken, ValueTask<int>> StateAsync = static (_, _) => new(1);
    private static readonly Func<PausingCall, CancellationToken, ValueTask<int>> PauseAsync = static (call, _) => call.BeginAsync();

    private readonly object _state = new();
    private readonly PausingCall _pausing = new();
    private Peers _peers = null!;
    private ResiliencePipeline _polly = null!;
    private ICircuitBreaker _ours = null!;
    private ICircuitBreaker _oursMeasuring = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _peers = await Peers.ConnectAsync();
        _polly = Peers.Polly();
        _ours = await _peers.BreakerAsync("bench-closed");
        _oursMeasuring = await _peers.BreakerAsync("bench-slow");
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _peers.DisposeAsync();

    [Benchmark]
    public void Sync_Bare() => Nothing();

    [Benchmark]
    public void Sync_Polly() => _polly.Execute(Nothing);

    [Benchmark]
    public void Sync_Ours() => _ours.Execute(Nothing);

    [Benchmark]
    public void Sync_OursMeasuring() => _oursMeasuring.Execute(Nothing);

    [Benchmark]
    public ValueTask Async_Bare() => NothingAsync(default);

    [Benchmark]
    public ValueTask Async_Polly() => _polly.ExecuteAsync(NothingAsync);

    [Benchmark]
    public ValueTask Async_Ours() => _ours.ExecuteAsync(NothingAsync);

    [Benchmark]
    public ValueTask Async_OursMeasuring() => _oursMeasuring.ExecuteAsync(NothingAsync);

    [Benchmark]
    public ValueTask<int> Result_Bare() => ResultAsync(default);

    [Benchmark]
    public ValueTask<int> Result_Polly() => _polly.ExecuteAsync(ResultAsync);

    [Benchmark]
    public ValueTask<int> Result_Ours() => _ours.ExecuteAsync(ResultAsync);

    [Benchmark]
    public ValueTask<int> Result_OursMeasuring() => _oursMeasuring.ExecuteAsync(ResultAsync);

    [Benchmark]
    public ValueTask<int> State_Bare() => StateAsync(_state, default);

    [Benchmark]
    public ValueTask<int> State_Polly() => _polly.ExecuteAsync(StateAsync, _state);

    [Benchmark]
    public ValueTask<int> State_Ours() => _ours.ExecuteAsync(StateAsync, _state);

    [Benchmark]
    public ValueTask<int> State_OursMeasuring() => _oursMeasuring.ExecuteAsync(StateAsync, _state);

    [Benchmark]
    public ValueTask<int> Waiting_Bare() => AfterPause(PauseAsync(_pausing, default));

    [Benchmark]
    public ValueTask<int> Waiting_Polly() => AfterPause(_polly.ExecuteAsync(PauseAsync, _pausing));

    [Benchmark]
    public ValueTask<int> Waiting_Ours() => AfterPause(_ours.ExecuteAsync(PauseAsync, _pausing));

    [Benchmark]
    public ValueTask<int> Waiting_OursMeasuring() => AfterPause(_oursMeasuring.ExecuteAsync(PauseAsync, _pausing));

    private ValueTask<int> AfterPause(ValueTask<int> call)
    {
        _pausing.Complete();
        return call;
    }
}
