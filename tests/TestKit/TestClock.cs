using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.TestKit;

/// <summary>Time that the test moves.</summary>
internal sealed class TestClock
{
    /// <summary>The wall clock's time when nothing has passed.</summary>
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What has passed since the start.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>The time as a core takes it.</summary>
    public Moment Now => new(Elapsed, Epoch + Elapsed);

    public void Pass(double seconds) => Pass(TimeSpan.FromSeconds(seconds));

    public void Pass(TimeSpan time) => Elapsed += time;

    /// <summary>Moves to a time; stays where it is if that has passed.</summary>
    public void PassTo(TimeSpan elapsed) => Elapsed = elapsed > Elapsed ? elapsed : Elapsed;
}
