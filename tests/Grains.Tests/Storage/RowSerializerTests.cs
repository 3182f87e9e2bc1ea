using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Tests.Storage;

/// <summary>What is stored of a transition: fields are added and never renamed.</summary>
public sealed class RowSerializerTests
{
    private const string OfBefore = """
        {"From":0,"To":3,"Generation":{"Number":1,"Incarnation":"0b7c0000-0000-0000-0000-000000000001"},"At":"2026-11-26T20:00:00+00:00","Cause":5,"Worker":null,"Actor":"anna","Reason":"drill"}
        """;

    [Fact]
    public void S10_a_row_without_a_ttl_loads_and_one_with_it_keeps_it()
    {
        var serializer = RowSerializer.Make();

        var before = serializer.Deserialize<BreakerTransition>(BinaryData.FromString(OfBefore))!;
        Assert.Equal(("anna", null), (before.Actor, before.Ttl));

        var after = serializer.Deserialize<BreakerTransition>(serializer.Serialize(before with { Ttl = TimeSpan.FromMinutes(90) }))!;
        Assert.Equal(TimeSpan.FromMinutes(90), after.Ttl);
    }

    [Fact]
    public void A_history_in_a_row_is_read_back_as_it_was()
    {
        var serializer = RowSerializer.Make();
        var transition = serializer.Deserialize<BreakerTransition>(BinaryData.FromString(OfBefore))! with { Ttl = TimeSpan.FromSeconds(1) };

        Assert.Equal([transition], serializer.Deserialize<ImmutableArray<BreakerTransition>>(serializer.Serialize(ImmutableArray.Create(transition))));
    }
}
