using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using TaskerCore.Orleans.Client.Rehearsal;

namespace TaskerCore.Orleans.Client.Tests.Rehearsal;

public sealed class WorkerRehearsalTests
{
    [Fact]
    public async Task It_plays_to_its_end_with_and_without_a_serializer()
    {
        await using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();

        await WorkerRehearsal.PlayAsync(new FakeTimeProvider(), services.GetRequiredService<Serializer>());
        await WorkerRehearsal.PlayAsync(TimeProvider.System, null);
    }
}
