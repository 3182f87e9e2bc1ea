using System.Text.Json.Nodes;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Tests.Storage;

/// <summary>States in rows are names; rows of the first format, which had numbers, are read as what they meant.</summary>
public sealed class StoredStatesTests
{
    private static readonly TimeSpan[] Times = [.. Enumerable.Range(1, 5).Select(seconds => TimeSpan.FromSeconds(seconds))];

    [Fact]
    public void A_row_has_names_and_comes_back_as_it_was()
    {
        var row = new StoredBreaker
        {
            Machine = new MachineState
            {
                State = BreakerState.HalfOpen,
                TransitionCounts = [new TransitionCount(BreakerState.Open, BreakerState.HalfOpen, 3)],
                TimeInState = [.. Times],
            },
        };

        var json = RowSerializer.Make().Serialize(row).ToString();
        var machine = JsonNode.Parse(json)!["Machine"]!;
        var read = RowSerializer.Make().Deserialize<StoredBreaker>(BinaryData.FromString(json))!;

        Assert.Equal("half_open", machine["State"]!.GetValue<string>());
        Assert.Equal("open", machine["TransitionCounts"]![0]!["From"]!.GetValue<string>());
        Assert.Equal("00:00:02", machine["TimeInState"]!["half_open"]!.GetValue<string>());
        Assert.Equal(row.Machine.State, read.Machine.State);
        Assert.Equal(row.Machine.TimeInState, read.Machine.TimeInState);
        Assert.Equal(row.Machine.TransitionCounts, read.Machine.TransitionCounts);
    }

    [Theory]
    [InlineData(0, BreakerState.Closed)]
    [InlineData(1, BreakerState.Open)]
    [InlineData(2, BreakerState.HalfOpen)]
    [InlineData(3, BreakerState.ForcedOpen)]
    [InlineData(4, BreakerState.ForcedClosed)]
    public void A_row_of_the_first_format_means_what_it_meant(int number, BreakerState state)
    {
        var json = $$$"""
            {"Format":1,"Machine":{"State":{{{number}}},"History":[{"From":{{{number}}},"To":0,"Generation":{"Number":1,"Incarnation":"00000000-0000-0000-0000-000000000001"},"At":"2026-01-01T00:00:00+00:00","Cause":5}],
            "TimeInState":["00:00:01","00:00:02","00:00:03","00:00:04","00:00:05"]}}
            """;

        var machine = RowSerializer.Make().Deserialize<StoredBreaker>(BinaryData.FromString(json))!.Machine;

        Assert.Equal(state, machine.State);
        Assert.Equal((state, TransitionCause.ProbeFailed), (machine.History[0].From, machine.History[0].Cause));
        Assert.Equal(Times[number], machine.TimeInState[(int)state]);
    }

    [Theory]
    [InlineData("9")]
    [InlineData("\"molten\"")]
    public void A_state_that_is_not_known_is_an_error(string state) => Assert.Throws<System.Text.Json.JsonException>(
        () => RowSerializer.Make().Deserialize<StoredBreaker>(BinaryData.FromString($$$"""{"Machine":{"State":{{{state}}}}}""")));
}
