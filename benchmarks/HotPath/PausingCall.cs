using System.Threading.Tasks.Sources;

namespace TaskerCore.Orleans.Benchmarks.HotPath;

/// <summary>An operation that is not complete when it returns, and completes when told, on the thread that tells: what a call that waits
/// costs, without what a timer or the thread pool costs. One call at a time.</summary>
internal sealed class PausingCall : IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _core;

    /// <summary>Begins.</summary>
    public ValueTask<int> BeginAsync()
    {
        _core.Reset();
        return new(this, _core.Version);
    }

    /// <summary>Completes the call.</summary>
    public void Complete() => _core.SetResult(1);

    int IValueTaskSource<int>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
