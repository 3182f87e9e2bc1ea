using Microsoft.Extensions.DependencyInjection;
using Orleans;
using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Hosting;

/// <summary>The time of an activation: the provider that drives Orleans' grain timers, so that a test drives both with one.</summary>
internal sealed class GrainClock
{
    private readonly TimeProvider _provider;
    private readonly long _origin;

    public GrainClock(IServiceProvider services)
    {
        _provider = services.GetKeyedService<TimeProvider>(TimeProviderNames.Grains) ?? services.GetService<TimeProvider>() ?? TimeProvider.System;
        _origin = _provider.GetTimestamp();
    }

    public Moment Now => new(_provider.GetElapsedTime(_origin), _provider.GetUtcNow());
}
