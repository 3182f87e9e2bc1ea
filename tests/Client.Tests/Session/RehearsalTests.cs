using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using TaskerCore.Orleans.Client.Session;

namespace TaskerCore.Orleans.Client.Tests.Session;

public sealed class RehearsalTests
{
    [Fact]
    public async Task It_plays_to_its_end_with_and_without_a_serializer()
    {
        await using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();

        await Rehearsal.PlayAsync(new FakeTimeProvider(), services.GetRequiredService<Serializer>());
        await Rehearsal.PlayAsync(TimeProvider.System, null);
    }
}
