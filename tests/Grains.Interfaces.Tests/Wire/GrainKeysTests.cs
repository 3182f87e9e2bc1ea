using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Wire;

/// <summary>Keys are stored and spoken between versions: none may change.</summary>
public sealed class GrainKeysTests
{
    [Fact]
    public void A_breakers_key_is_its_component_with_a_prefix()
    {
        Assert.Equal("breaker/pgmq/orders", GrainKeys.Breaker("pgmq/orders"));
        Assert.Equal("pgmq/orders", GrainKeys.Component("breaker/pgmq/orders"));
        Assert.Equal("directory", GrainKeys.Directory);
    }

    [Theory]
    [InlineData("pgmq")]
    [InlineData("hub/1")]
    [InlineData("")]
    public void A_strangers_key_is_of_no_component(string key) => Assert.Equal(string.Empty, GrainKeys.Component(key));

    [Fact]
    public void C5_a_session_is_served_by_one_of_the_sixteen_hubs_which_its_last_byte_names()
    {
        Assert.Equal("hub/7", GrainKeys.Hub(7));
        Assert.Equal("hub/15", GrainKeys.HubOf(new Guid("00000000-0000-0000-0000-0000000000ff")));
        Assert.Equal("hub/1", GrainKeys.HubOf(new Guid("ffffffff-ffff-ffff-ffff-ffffffffff21")));
    }
}
