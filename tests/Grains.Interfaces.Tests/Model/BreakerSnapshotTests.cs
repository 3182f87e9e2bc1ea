namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Model;

/// <summary>C5: which of two snapshots is newer; and which let calls pass.</summary>
public sealed class BreakerSnapshotTests
{
    private static readonly BreakerSnapshot Base = new() { Component = "c", Generation = new Generation(3, Guid.NewGuid()), Revision = 2, CommandNumber = 1 };

    [Fact]
    public void C5_within_a_generation_the_higher_revision_is_newer()
    {
        Assert.True((Base with { Revision = 3 }).IsNewerThan(Base));
        Assert.False(Base.IsNewerThan(Base));
        Assert.False((Base with { Revision = 1 }).IsNewerThan(Base));
    }

    [Fact]
    public void C5_a_later_generation_is_newer_unless_it_forgets_a_command()
    {
        var later = Base with { Generation = new Generation(4, Guid.NewGuid()), Revision = 0 };

        Assert.True(later.IsNewerThan(Base));
        Assert.False(Base.IsNewerThan(later));
        Assert.False((later with { CommandNumber = 0 }).IsNewerThan(Base));
    }

    [Fact]
    public void C9_the_same_number_of_another_incarnation_is_not_newer() =>
        Assert.False((Base with { Generation = new Generation(3, Guid.NewGuid()), Revision = 9 }).IsNewerThan(Base));

    [Fact]
    public void C5_a_snapshot_is_compared_with_another() => Assert.Throws<ArgumentNullException>("other", () => Base.IsNewerThan(null!));

    [Theory]
    [InlineData(BreakerState.Closed, true, true)]
    [InlineData(BreakerState.ForcedClosed, true, true)]
    [InlineData(BreakerState.Open, true, false)]
    [InlineData(BreakerState.HalfOpen, true, false)]
    [InlineData(BreakerState.ForcedOpen, true, false)]
    [InlineData(BreakerState.ForcedOpen, false, true)]
    [InlineData(BreakerState.Open, false, true)]
    public void A_closed_or_disabled_breaker_admits(BreakerState state, bool enabled, bool admits) =>
        Assert.Equal(admits, (Base with { State = state, Policy = BreakerPolicy.BuiltIn with { Enabled = enabled } }).Admits);
}
