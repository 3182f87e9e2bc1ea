using BenchmarkDotNet.Attributes;
using Polly;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.HotPath;

/// <summary>Calls that fail, in runs too short to open: 49 failures, told by result or by exception, and a success. The figures are for
/// one call. Names are <c>Form_Who</c>.</summary>
/// <remarks>The reports of the failures keep other threads and the silo busy, on the same cores: a bare throw, which takes microseconds, is slower
/// beside them. <see cref="Exception_BareBesideReports"/> is that throw: what it lacks to ours is what the caller's own thread does.</remarks>
public class FailingCalls
{
    private const int Run = 50;
    private static readonly Func<bool, CancellationToken, ValueTask<int>> ByResult = static (fails, _) => new(fails ? Peers.Broken : 1);

    // A new one each time: an exception that is thrown again carries the stacks of all its throws.
    private static readonly Func<bool, CancellationToken, ValueTask<int>> ByException =
        static (fails, _) => fails ? ValueTask.FromException<int>(new InvalidOperationException("measured")) : new(1);

    private Peers _peers = null!;
    private ResiliencePipeline<int> _polly = null!;
    private ICircuitBreaker _ours = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _peers = await Peers.ConnectAsync();
        _polly = Peers.ClosedPolly();
        _ours = await _peers.BreakerAsync("bench-failing");
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _peers.DisposeAsync();

    [Benchmark(OperationsPerInvoke = Run)]
    public ValueTask<int> Result_Bare() => RepeatAsync(static (_, fails) => ByResult(fails, default), this);

    [Benchmark(OperationsPerInvoke = Run)]
    public ValueTask<int> Result_Polly() => RepeatAsync(static (self, fails) => self._polly.ExecuteAsync(ByResult, fails), this);

    [Benchmark(OperationsPerInvoke = Run)]
    public ValueTask<int> Result_Ours() => RepeatAsync(static (self, fails) => self._ours.ExecuteAsync(ByResult, fails), this);

    [Benchmark(OperationsPerInvoke = Run)]
    public ValueTask<int> Exception_Bare() => RepeatAsync(static (_, fails) => ByException(fails, default), this);

    [Benchmark(OperationsPerInvoke = Run)]
    public ValueTask<int> Exception_BareBesideReports() => RepeatAsync(
        static (self, fails) =>
        {
            self._ours.Execute(static broken => broken ? Peers.Broken : 1, fails);
            return ByException(fails, default);
        },
        this);

    [Benchmark(OperationsPerInvoke = Run)]
    public ValueTask<int> Exception_Polly() => RepeatAsync(static (self, fails) => self._polly.ExecuteAsync(ByException, fails), this);

    [Benchmark(OperationsPerInvoke = Run)]
    public ValueTask<int> Exception_Ours() => RepeatAsync(static (self, fails) => self._ours.ExecuteAsync(ByException, fails), this);

    private static async ValueTask<int> RepeatAsync(Func<FailingCalls, bool, ValueTask<int>> call, FailingCalls self)
    {
        var sum = 0;
        for (var number = 1; number <= Run; number++)
        {
            try
            {
                sum += await call(self, number < Run);
            }
            catch (InvalidOperationException)
            {
                sum--;
            }
        }

        return sum;
    }
}
