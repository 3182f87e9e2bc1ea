using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Hosting;

/// <summary>What every activation around a core needs: its clock, the timer that wakes the core, and the one way to carry out what the core wants.</summary>
/// <remarks>An input goes into the core first; then <see cref="CarryOut"/> does what the core wants and sets the timer. Nothing of that waits: calls and
/// statements run beside it by <see cref="Start"/>, and their outcome is the next input. Runs on the activation's scheduler only.</remarks>
internal sealed class CoreShell
{
    private readonly Func<Moment, TimeSpan?> _carryOut;
    private readonly MonotonicClock _clock;
    private readonly Action<TimeSpan> _wakeIn;
    private bool _isEnding;

    /// <param name="clock">The activation's clock.</param>
    /// <param name="wakeIn">Has <see cref="CarryOut"/> called after this time, or never when it is infinite; the last one given counts.</param>
    /// <param name="carryOut">Takes the core's effects at the given time, starts what they say, and returns when the core wants to be woken.</param>
    internal CoreShell(MonotonicClock clock, Action<TimeSpan> wakeIn, Func<Moment, TimeSpan?> carryOut) => (_clock, _wakeIn, _carryOut) = (clock, wakeIn, carryOut);

    /// <summary>The shell of a grain's core, woken by a timer of the grain's.</summary>
    /// <param name="grain">The activation.</param>
    /// <param name="clock">Its clock, by <see cref="ClockOf"/>.</param>
    /// <param name="carryOut">As in the constructor.</param>
    public static CoreShell Of(IGrainBase grain, MonotonicClock clock, Func<Moment, TimeSpan?> carryOut)
    {
        IGrainTimer? timer = null;
        var shell = new CoreShell(clock, wait => timer!.Change(wait, Timeout.InfiniteTimeSpan), carryOut);
        timer = grain.RegisterGrainTimer(
            static (shell, _) =>
            {
                shell.CarryOut();
                return Task.CompletedTask;
            },
            shell,
            new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        return shell;
    }

    /// <summary>Now, by the activation's clock.</summary>
    public Moment Now => _clock.Now;

    /// <summary>The provider of that clock, for limits.</summary>
    public TimeProvider Time => _clock.Time;

    /// <summary>A clock on the provider that drives Orleans' grain timers, so that a test drives both with one.</summary>
    public static MonotonicClock ClockOf(IServiceProvider services) =>
        new(services.GetKeyedService<TimeProvider>(TimeProviderNames.Grains) ?? services.GetService<TimeProvider>() ?? TimeProvider.System);

    /// <summary>Does what the core wants now, and sets the timer for what it wants later. Nothing after <see cref="End"/>.</summary>
    public void CarryOut()
    {
        if (!_isEnding)
        {
            var next = _carryOut(Now);
            _wakeIn(Wake.In(next, Now));
        }
    }

    /// <summary>Carries out what the core wants after an input, and returns the input's answer.</summary>
    public ValueTask<T> After<T>(T answer)
    {
        CarryOut();
        return ValueTask.FromResult(answer);
    }

    /// <summary>Starts a call, and does not wait for it. Either way the core has an input then, and what it wants is carried out.</summary>
    /// <param name="call">Makes the call, and gives the core its answer.</param>
    /// <param name="failed">Logs why it failed, and tells the core.</param>
    public void Start(Func<Task> call, Action<Exception> failed) => RunAsync(call, failed).Ignore();

    /// <summary>As <see cref="Start"/>, for who waits for its end. It never fails.</summary>
    public async Task RunAsync(Func<Task> call, Action<Exception> failed)
    {
        try
        {
            await call();
        }
        catch (Exception exception)
        {
            failed(exception);
        }

        CarryOut();
    }

    /// <summary>The activation ends: what the core wants from now on is no longer carried out.</summary>
    public void End() => _isEnding = true;
}
