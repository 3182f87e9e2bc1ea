using System.Text.Json;

namespace TaskerCore.Orleans.Client.Tests.Breakers;

/// <summary>The JSON of the client's public types.</summary>
public sealed class JsonShapeTests
{
    [Fact]
    public void A_rejection_and_an_outcome_are_written_without_throwing()
    {
        var rejection = Rejection.From(new CircuitOpenException("inventory", BreakerState.ForcedOpen, TimeSpan.FromSeconds(30))
        {
            Generation = Generation.Initial,
            Cause = TransitionCause.ForceOpen,
            Actor = "ann",
            Reason = "migration",
        });
        const string written = """{"component":"inventory","state":"forced_open","kind":"circuit","generation":{"number":0,"incarnation":"00000000-0000-0000-0000-000000000000"},"retryAfter":"00:00:30","cause":"force_open","actor":"ann","reason":"migration"}""";

        Assert.Equal(written, JsonSerializer.Serialize(rejection, JsonSerializerOptions.Web));
        Assert.Equal(
            $$"""{"isRejected":true,"value":null,"rejection":{{written}}}""",
            JsonSerializer.Serialize(new CallOutcome<string>(rejection), JsonSerializerOptions.Web));
        Assert.Contains("\"isRejected\":false,\"value\":\"tea\"", JsonSerializer.Serialize(new CallOutcome<string>("tea"), JsonSerializerOptions.Web), StringComparison.Ordinal);
    }

    [Fact]
    public void Health_and_enumerations_have_names()
    {
        Assert.Equal(
            """{"closed":3,"open":1,"halfOpen":0,"forcedOpen":0,"forcedClosed":0,"total":4,"healthScore":0.75}""",
            JsonSerializer.Serialize(new ClusterHealth { Closed = 3, Open = 1 }, JsonSerializerOptions.Web));
        Assert.Equal("\"connected\"", JsonSerializer.Serialize(BreakerMode.Connected));
        Assert.Equal("\"held\"", JsonSerializer.Serialize(RejectionKind.Held));
        Assert.Equal("\"ignored\"", JsonSerializer.Serialize(OutcomeKind.Ignored));
    }
}
