using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Grains.Tests;

/// <summary>Time that the test moves.</summary>
internal sealed class TestClock
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private TimeSpan _elapsed;

    public Moment Now => new(_elapsed, Epoch + _elapsed);

    public void Pass(double seconds) => _elapsed += TimeSpan.FromSeconds(seconds);

    public void PassTo(TimeSpan elapsed) => _elapsed = elapsed > _elapsed ? elapsed : _elapsed;
}
