using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Directory;

/// <summary>S18: to whom new settings must still be sent.</summary>
public sealed class SettingsSpreadTests
{
    private readonly TestClock _clock = new();
    private readonly SettingsSpread _spread = new();

    [Fact]
    public void S18_each_breaker_is_sent_them_once_while_it_answers()
    {
        _spread.Begin(1, ["a", "b"]);

        Assert.Equal(["a", "b"], _spread.TakeDue(_clock.Now));
        _spread.Ended("a", 1, taken: true, _clock.Now);
        _spread.Ended("b", 1, taken: true, _clock.Now);
        Assert.Empty(_spread.TakeDue(_clock.Now));
        Assert.Null(_spread.NextDue);
    }

    [Fact]
    public void S18_a_breaker_that_did_not_take_them_is_sent_them_again_after_a_pause()
    {
        _spread.Begin(1, ["a"]);
        _spread.TakeDue(_clock.Now);
        _spread.Ended("a", 1, taken: false, _clock.Now);

        Assert.Equal(_clock.Now.Elapsed + SettingsSpread.Pause, _spread.NextDue);
        Assert.Empty(_spread.TakeDue(_clock.Now));
        _clock.PassTo(_spread.NextDue!.Value);
        Assert.Equal(["a"], _spread.TakeDue(_clock.Now));
    }

    [Fact]
    public void S18_newer_settings_take_the_place_of_those_that_are_still_sent()
    {
        _spread.Begin(1, ["a", "b"]);
        _spread.TakeDue(_clock.Now);
        _spread.Ended("a", 1, taken: false, _clock.Now);

        _spread.Begin(2, ["a", "b"]);
        Assert.Equal(["a", "b"], _spread.TakeDue(_clock.Now));
        _spread.Ended("b", 1, taken: false, _clock.Now);
        _spread.Ended("a", 2, taken: true, _clock.Now);
        _spread.Ended("b", 2, taken: true, _clock.Now);

        _clock.Pass(10);
        Assert.Empty(_spread.TakeDue(_clock.Now));
    }

    [Fact]
    public void S18_only_so_many_are_sent_to_at_once()
    {
        _spread.Begin(1, Enumerable.Range(0, SettingsSpread.MostUnderWay + 1).Select(number => $"c{number}"));

        Assert.Equal(SettingsSpread.MostUnderWay, _spread.TakeDue(_clock.Now).Count);
        Assert.Null(_spread.NextDue);
        Assert.Empty(_spread.TakeDue(_clock.Now));
        _spread.Ended("c0", 1, taken: true, _clock.Now);

        Assert.NotNull(_spread.NextDue);
        Assert.Equal([$"c{SettingsSpread.MostUnderWay}"], _spread.TakeDue(_clock.Now));
    }
}
