using Orleans;
using Orleans.Concurrency;

namespace TaskerCore.Orleans.Benchmarks.Fleet;

/// <summary>Hears of a bare push.</summary>
[Alias("bench.IBareObserver")]
internal interface IBareObserver : IGrainObserver
{
    /// <summary>Something was pushed.</summary>
    [OneWay, Alias("OnPush")]
    ValueTask OnPushAsync(byte[] payload);
}

/// <summary>What Orleans does by itself, to measure ours beside: a call, a push, and a breaker that is asked before and told after each
/// call.</summary>
[Alias("bench.IBareGrain")]
internal interface IBareGrain : IGrainWithStringKey
{
    /// <summary>Adds an observer.</summary>
    [Alias("Subscribe")]
    ValueTask SubscribeAsync(IBareObserver observer);

    /// <summary>Pushes to every observer, and answers.</summary>
    [Alias("Push")]
    ValueTask PushAsync(byte[] payload);

    /// <summary>Pushes to every observer, and once as many as are needed have called <see cref="WantAsync"/>, pushes nothing to them all.</summary>
    [Alias("Rush")]
    ValueTask RushAsync(byte[] payload, int needed);

    /// <summary>An observer was pushed to.</summary>
    [Alias("Want")]
    ValueTask WantAsync();

    /// <summary>Answers.</summary>
    [Alias("Call")]
    ValueTask CallAsync();

    /// <summary>Whether a call may be made: a breaker that every caller asks.</summary>
    [Alias("Ask")]
    ValueTask<bool> AskAsync();

    /// <summary>What a call has come to.</summary>
    [Alias("Tell")]
    ValueTask TellAsync(bool failed);
}

internal sealed class BareGrain : Grain, IBareGrain
{
    private const int Threshold = 5;
    private readonly List<IBareObserver> _observers = [];
    private int _run;
    private int _needed;

    public ValueTask SubscribeAsync(IBareObserver observer)
    {
        _observers.Add(observer);
        return default;
    }

    public async ValueTask PushAsync(byte[] payload)
    {
        foreach (var observer in _observers)
        {
            await observer.OnPushAsync(payload);
        }
    }

    public async ValueTask RushAsync(byte[] payload, int needed)
    {
        _needed = needed;
        await PushAsync(payload);
    }

    public async ValueTask WantAsync()
    {
        if (--_needed == 0)
        {
            await PushAsync([]);
        }
    }

    public ValueTask CallAsync() => default;

    public ValueTask<bool> AskAsync() => new(_run < Threshold);

    public ValueTask TellAsync(bool failed)
    {
        _run = failed ? _run + 1 : 0;
        return default;
    }
}

/// <summary>Tells of the silo that it runs in.</summary>
[Alias("bench.ISiloWatchGrain")]
internal interface ISiloWatchGrain : IGrainWithIntegerKey
{
    /// <summary>The bytes that are alive in the managed heap, after a full collection.</summary>
    [Alias("LiveBytes")]
    ValueTask<long> LiveBytesAsync();
}

internal sealed class SiloWatchGrain : Grain, ISiloWatchGrain
{
    public ValueTask<long> LiveBytesAsync() => new(GC.GetTotalMemory(forceFullCollection: true));
}
