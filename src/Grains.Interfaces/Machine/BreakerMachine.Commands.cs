using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <content>What an operator commands (S10).</content>
internal sealed partial class BreakerMachine
{
    /// <summary>Applies a valid command (<see cref="OperatorCommand.Validate"/>). It never waits (S9).</summary>
    public CommandStatus Command(OperatorCommand command, Moment now)
    {
        Advance(now);
        switch (command.Kind)
        {
            case CommandKind.ForceOpen:
                Force(BreakerState.ForcedOpen, TransitionCause.ForceOpen, command, now);
                return CommandStatus.Applied;
            case CommandKind.ForceClosed:
                Force(BreakerState.ForcedClosed, TransitionCause.ForceClosed, command, now);
                return CommandStatus.Applied;
            case CommandKind.Release when !State.IsForced():
                return CommandStatus.Unchanged;
            case CommandKind.Release:
                CloseBy(TransitionCause.Release, command, now);
                return CommandStatus.Applied;
            case CommandKind.Reset when State.IsForced():
                return CommandStatus.Conflict;
            case CommandKind.Reset:
                CloseBy(TransitionCause.Reset, command, now);
                return CommandStatus.Applied;
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command.Kind, "Unknown command.");
        }
    }

    private void CloseBy(TransitionCause cause, OperatorCommand command, Moment now)
    {
        CountCommand();
        Enter(BreakerState.Closed, cause, now, command: command);
    }

    private void Force(BreakerState state, TransitionCause cause, OperatorCommand command, Moment now)
    {
        CountCommand();
        Enter(state, cause, now, command: command);
        if (command.Ttl is { } ttl)
        {
            HoldUntil(new OperatorHold(ttl, now.Utc + ttl), now);
        }
    }

    private void CountCommand()
    {
        CommandNumber++;
        _commandsHere++;
    }

    private void HoldUntil(OperatorHold? hold, Moment now)
    {
        Hold = hold;
        _holdEndsAt = now.Elapsed + hold?.RemainingAt(now.Utc);
    }
}
