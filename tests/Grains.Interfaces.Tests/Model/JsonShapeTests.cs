using System.Text.Json;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Model;

/// <summary>The JSON of public model types, as an application serves it that returns them: names instead of numbers, and nothing of the protocol.</summary>
public sealed class JsonShapeTests
{
    private static readonly Guid Incarnation = new("1f0a93c2-0000-0000-0000-000000000001");

    private static readonly BreakerTransition Trip = new()
    {
        From = BreakerState.HalfOpen,
        To = BreakerState.Open,
        Generation = new Generation(7, Incarnation),
        At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Cause = TransitionCause.ProbeFailed,
        Worker = "shop",
    };

    [Fact]
    public void A_snapshot_is_a_public_view()
    {
        var snapshot = new BreakerSnapshot
        {
            Component = "inventory",
            State = BreakerState.Open,
            Generation = Trip.Generation,
            Revision = 3,
            Remaining = TimeSpan.FromSeconds(30),
            ConsecutiveFailures = 5,
            LastTransition = Trip,
            CommandNumber = 9,
            Hold = new OperatorHold(TimeSpan.FromMinutes(1), Trip.At),
            Lineage = Lineage.Initial.With(Trip.Generation),
            Seal = [1, 2, 3],
        };

        var json = JsonSerializer.SerializeToElement(snapshot, JsonSerializerOptions.Web);

        Assert.Equal(
            ["component", "state", "generation", "policy", "remaining", "freeProbes", "consecutiveFailures", "lastTransition", "hold", "isolatedWorker", "admits"],
            json.EnumerateObject().Select(property => property.Name));
        Assert.Equal("open", json.GetProperty("state").GetString());
        Assert.Equal("00:00:30", json.GetProperty("remaining").GetString());
        var read = json.Deserialize<BreakerSnapshot>(JsonSerializerOptions.Web)!;
        Assert.Equal(snapshot with { Revision = 0, CommandNumber = 0, Lineage = Lineage.Initial, Seal = [] }, read with { Seal = [] }, Same);
    }

    [Fact]
    public void A_transition_names_states_and_cause()
    {
        Assert.Equal(
            """{"from":"half_open","to":"open","generation":{"number":7,"incarnation":"1f0a93c2-0000-0000-0000-000000000001"},"at":"2026-01-02T03:04:05+00:00","cause":"probe_failed","worker":"shop","actor":null,"reason":null,"ttl":null}""",
            JsonSerializer.Serialize(Trip, JsonSerializerOptions.Web));
        Assert.Equal(Trip, JsonSerializer.Deserialize<BreakerTransition>(JsonSerializer.Serialize(Trip)));
        Assert.Equal(
            """{"from":"closed","to":"forced_open","count":2}""",
            JsonSerializer.Serialize(new TransitionCount(BreakerState.Closed, BreakerState.ForcedOpen, 2), JsonSerializerOptions.Web));
    }

    [Fact]
    public void Every_public_enumeration_is_written_as_the_api_and_the_metrics_write_it()
    {
        Check<BreakerState>();
        Check<TransitionCause>();
        Check<RefusalKind>();
        Check<CommandKind>();
        Check<CommandStatus>();
    }

    [Fact]
    public void The_numbers_of_states_are_those_of_the_metric()
    {
        Assert.Equal(
            [(BreakerState.Closed, 0), (BreakerState.HalfOpen, 1), (BreakerState.Open, 2), (BreakerState.ForcedOpen, 3), (BreakerState.ForcedClosed, 4)],
            Enum.GetValues<BreakerState>().Select(state => (state, (int)state)));
        Assert.All(Enum.GetValues<BreakerState>(), state => Assert.Equal((int)state, CircuitBreakerTelemetry.Number(state)));
    }

    private static bool Same(BreakerSnapshot one, BreakerSnapshot other) =>
        JsonSerializer.Serialize(one) == JsonSerializer.Serialize(other) && one.Lineage == other.Lineage && one.Revision == other.Revision;

    private static void Check<T>()
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            Assert.Equal($"\"{SnakeCase.Of(value)}\"", JsonSerializer.Serialize(value));
            Assert.Equal(value, JsonSerializer.Deserialize<T>($"\"{SnakeCase.Of(value)}\""));
        }
    }
}
