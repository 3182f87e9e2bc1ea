using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Metrics;

namespace TaskerCore.Orleans.Grains.Authority;

/// <content>What is told to those who ask. Nothing here changes a breaker (S13).</content>
internal sealed partial class AuthorityCore
{
    /// <summary>What the breaker is now; of one that was never created, that it was never used.</summary>
    public BreakerDetails Details(Moment now) => _machine is not { } machine
        ? BreakerDetails.NeverUsed(_component, BreakerPolicy.BuiltIn)
        : new BreakerDetails
        {
            Component = _component,
            State = machine.State,
            Generation = machine.Generation,
            Since = LastTransition(machine)?.At,
            LastTransition = LastTransition(machine),
            Remaining = machine.Remaining(now),
            ConsecutiveFailures = machine.ConsecutiveFailures,
            Totals = machine.Totals,
            WindowFailureRate = machine.WindowFailureRate(now),
            Workers = _hubs.Workers,
            Policy = machine.Policy,
            ProbesOutstanding = machine.ProbesOutstanding,
            CommandNumber = machine.CommandNumber,
            Transitions = [.. machine.TransitionCounts],
            TimeInState = machine.TimeInState(now),
            Stored = IsStored,
            IsolatedWorker = machine.Isolated?.Name,
        };

    /// <summary>What is told to those who collect metrics; null of a breaker that was never created.</summary>
    public BreakerReading? Reading(Moment now) => _machine is not { } machine ? null : new BreakerReading
    {
        At = now.Elapsed,
        State = machine.State,
        Policy = machine.Policy,
        Totals = machine.Totals,
        ConsecutiveFailures = machine.ConsecutiveFailures,
        ProbesOutstanding = machine.ProbesOutstanding,
        IsolatedWorkers = machine.Isolated is null ? 0 : 1,
        WindowFailureRate = machine.Policy.Settings.FailureRateThreshold is null ? null : machine.WindowFailureRate(now),
        UnstoredSince = _store.WaitingSince(machine.Policy.MetricsInterval),
    };

    /// <summary>The last transitions, oldest first.</summary>
    public ImmutableArray<BreakerTransition> History => _machine is { } machine ? [.. machine.History] : [];

    private static BreakerTransition? LastTransition(BreakerMachine machine) =>
        machine.History.LastOrDefault(transition => transition.Generation == machine.Generation);
}
