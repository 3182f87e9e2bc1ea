using TaskerCore.Orleans.Grains.Authority;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>C7: a seal covers everything that would be adopted.</summary>
public sealed class SnapshotSealerTests
{
    private static readonly SnapshotSealer Sealer = new(new byte[SnapshotSealer.MinKeyLength]);
    private static readonly Generation First = new(3, Guid.NewGuid());

    private static readonly BreakerSnapshot Whole = new()
    {
        Component = "pgmq",
        State = BreakerState.ForcedOpen,
        Generation = First,
        CommandNumber = 4,
        Hold = new OperatorHold(TimeSpan.FromHours(1), DateTimeOffset.UnixEpoch),
        Lineage = new Lineage { Floor = 1, Tips = [First] },
        LastTransition = new BreakerTransition
        {
            From = BreakerState.Closed,
            To = BreakerState.ForcedOpen,
            Generation = First,
            At = DateTimeOffset.UnixEpoch,
            Cause = TransitionCause.ForceOpen,
            Worker = "w",
            Actor = "ops",
            Reason = "drill",
        },
    };

    public static TheoryData<string> Parts => [.. Changes.Keys];

    private static Dictionary<string, Func<BreakerSnapshot, BreakerSnapshot>> Changes { get; } = new()
    {
        ["component"] = whole => whole with { Component = "other" },
        ["state"] = whole => whole with { State = BreakerState.Open },
        ["number"] = whole => whole with { Generation = First with { Number = 9 } },
        ["incarnation"] = whole => whole with { Generation = First with { Incarnation = Guid.NewGuid() } },
        ["command number"] = whole => whole with { CommandNumber = 5 },
        ["hold"] = whole => whole with { Hold = null },
        ["ttl"] = whole => whole with { Hold = whole.Hold! with { Ttl = TimeSpan.FromHours(2) } },
        ["end of the hold"] = whole => whole with { Hold = whole.Hold! with { UntilUtc = DateTimeOffset.UnixEpoch.AddHours(1) } },
        ["floor"] = whole => whole with { Lineage = whole.Lineage with { Floor = 2 } },
        ["tips"] = whole => whole with { Lineage = whole.Lineage with { Tips = [First, new Generation(4, Guid.NewGuid())] } },
        ["tip"] = whole => whole with { Lineage = whole.Lineage with { Tips = [First with { Number = 2 }] } },
        ["transition"] = whole => whole with { LastTransition = null },
        ["from"] = Transition(last => last with { From = BreakerState.Open }),
        ["to"] = Transition(last => last with { To = BreakerState.Open }),
        ["generation"] = Transition(last => last with { Generation = new Generation(3, Guid.NewGuid()) }),
        ["at"] = Transition(last => last with { At = last.At.AddTicks(1) }),
        ["cause"] = Transition(last => last with { Cause = TransitionCause.Reset }),
        ["worker"] = Transition(last => last with { Worker = "v" }),
        ["actor"] = Transition(last => last with { Actor = "you" }),
        ["reason"] = Transition(last => last with { Reason = null }),
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void C7_a_snapshot_of_which_a_part_was_changed_has_no_valid_seal(string part)
    {
        var whole = Sealer.Seal(Whole);
        Assert.True(Sealer.IsValid(whole));

        Assert.False(Sealer.IsValid(Changes[part](whole)));
    }

    [Fact]
    public void C7_a_text_that_is_missing_is_not_the_same_as_an_empty_one()
    {
        var missing = Sealer.Seal(Transition(last => last with { Worker = null })(Whole));

        Assert.True(Sealer.IsValid(missing));
        Assert.False(Sealer.IsValid(Transition(last => last with { Worker = string.Empty })(missing)));
    }

    /// <summary>Silos of different versions check each other's seals, and workers keep them for longer than any silo runs.</summary>
    [Fact]
    public void C7_the_bytes_that_are_sealed_never_change()
    {
        var first = new Generation(3, new Guid("aaaabbbb-cccc-dddd-eeee-ffff00001111"));
        var whole = Transition(last => last with { Generation = first, Worker = null })(Whole) with
        {
            Generation = first,
            Lineage = new Lineage { Floor = 1, Tips = [first] },
        };

        Assert.Equal("929F5DE7EED4CD473347FEACEDBC0498987496A28CA5600BFC2DAE4A6CC8AB17", Hex(whole));
        Assert.Equal("DE33CA20D50F168D16D5010C1C62BE85752A25D13333D2623F5BD9103016181D", Hex(whole with { Hold = null, LastTransition = null }));

        static string Hex(BreakerSnapshot snapshot) => Convert.ToHexString(Sealer.Seal(snapshot).Seal.AsSpan());
    }

    [Fact]
    public void C10_what_is_not_adopted_and_what_the_worker_has_to_say_are_not_sealed() =>
        Assert.True(Sealer.IsValid(Sealer.Seal(Whole) with { Revision = 9, Remaining = TimeSpan.FromSeconds(1), FreeProbes = 2, ConsecutiveFailures = 3 }));

    [Fact]
    public void C7_a_seal_is_of_one_key()
    {
        var other = new SnapshotSealer([.. Enumerable.Repeat((byte)1, 16)]);

        Assert.False(other.IsValid(Sealer.Seal(Whole)));
        Assert.False(Sealer.IsValid(Whole));
        Assert.False(Sealer.IsValid(Whole with { Seal = default }));
    }

    [Fact]
    public void C7_the_key_is_copied_so_that_nobody_changes_it_afterwards()
    {
        var key = new byte[16];
        var sealer = new SnapshotSealer(key);
        key[0] = 1;

        Assert.Equal(Sealer.Seal(Whole).Seal, sealer.Seal(Whole).Seal);
    }

    [Fact]
    public void The_initial_generation_has_no_seal() => Assert.Empty(Sealer.Seal(Whole with { Generation = Generation.Initial }).Seal);

    [Fact]
    public void A_key_is_needed() => Assert.Throws<ArgumentNullException>(() => new SnapshotSealer(null!));

    [Fact]
    public void A_seal_needs_a_key_that_is_long_enough() =>
        Assert.Contains("at least 16", Assert.Throws<ArgumentException>(() => new SnapshotSealer(new byte[15])).Message, StringComparison.Ordinal);

    private static Func<BreakerSnapshot, BreakerSnapshot> Transition(Func<BreakerTransition, BreakerTransition> change) =>
        whole => whole with { LastTransition = change(whole.LastTransition!) };
}
