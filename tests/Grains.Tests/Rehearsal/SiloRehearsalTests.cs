using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Storage;
using TaskerCore.Orleans.Grains.Rehearsal;
using TaskerCore.Orleans.Grains.Tests.Authority;

namespace TaskerCore.Orleans.Grains.Tests.Rehearsal;

public sealed class SiloRehearsalTests
{
    [Fact]
    public void It_plays_every_transition_that_a_breaker_makes()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var storage = new SystemTextJsonGrainStorageSerializer(Options.Create(new SystemTextJsonGrainStorageSerializerOptions()));

        var history = new SiloRehearsal(AuthorityRig.Sealer, services.GetRequiredService<Serializer>(), storage).Play();

        Assert.Equal(
            [
                TransitionCause.ConsecutiveFailures, TransitionCause.TimeoutElapsed, TransitionCause.ProbesSucceeded,
                TransitionCause.ForceOpen, TransitionCause.Release,
            ],
            history.Select(transition => transition.Cause));
    }
}
