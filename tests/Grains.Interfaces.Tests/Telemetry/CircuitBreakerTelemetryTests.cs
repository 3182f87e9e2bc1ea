namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Telemetry;

public sealed class CircuitBreakerTelemetryTests
{
    [Theory]
    [InlineData(BreakerState.Closed, 0)]
    [InlineData(BreakerState.HalfOpen, 1)]
    [InlineData(BreakerState.Open, 2)]
    [InlineData(BreakerState.ForcedOpen, 3)]
    [InlineData(BreakerState.ForcedClosed, 4)]
    [InlineData((BreakerState)9, 9)]
    public void A_state_is_a_number_that_rises_with_how_little_is_admitted_and_then_an_operators_own(BreakerState state, int number) =>
        Assert.Equal(number, CircuitBreakerTelemetry.Number(state));

    [Fact]
    public void Nobody_who_does_not_listen_is_told_of_activities() =>
        Assert.Equal((CircuitBreakerTelemetry.Name, false), (CircuitBreakerTelemetry.Activities.Name, CircuitBreakerTelemetry.Activities.HasListeners()));
}
