using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Telemetry;

public sealed class SnakeCaseTests
{
    [Fact]
    public void Names_are_written_in_small_letters_with_underscores()
    {
        Assert.Equal("half_open", SnakeCase.Of(BreakerState.HalfOpen));
        Assert.Equal("closed", SnakeCase.Of(BreakerState.Closed));
        Assert.Equal("consecutive_failures", SnakeCase.Of(TransitionCause.ConsecutiveFailures));
    }

    [Fact]
    public void A_value_that_has_no_name_is_its_number() => Assert.Equal("200", SnakeCase.Of((TransitionCause)200));

    [Fact]
    public void A_name_is_made_once() => Assert.Same(SnakeCase.Of(BreakerState.ForcedOpen), SnakeCase.Of(BreakerState.ForcedOpen));
}
