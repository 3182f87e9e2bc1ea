using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Watching;

/// <summary>A line per change; at first, one per breaker. What happened between two looks is read from the history.</summary>
internal sealed class ChangeLines(SiloApi api, Printer printer, TextWriter faults)
{
    private Dictionary<string, Breaker>? _known;
    private string? _fault;

    public async Task ShowAsync(IAsyncEnumerable<Look> looks, CancellationToken cancellationToken)
    {
        await foreach (var look in looks)
        {
            Report(look.Fault);
            if (look.Fault is not null)
            {
                continue;
            }

            foreach (var breaker in look.Breakers)
            {
                foreach (var change in await ChangesOfAsync(breaker, cancellationToken))
                {
                    printer.PrintLine(Json.Of(change), change.ToString());
                }
            }

            _known = look.Breakers.ToDictionary(breaker => breaker.Name, StringComparer.Ordinal);
        }
    }

    private async Task<IEnumerable<Change>> ChangesOfAsync(Breaker now, CancellationToken cancellationToken)
    {
        if (_known?.GetValueOrDefault(now.Name) is not { } before)
        {
            return [new Change(now.Name, From: null, now.State, now.Generation, now.Since, Cause: null)];
        }

        return before.Generation == now.Generation ? [] : await BetweenAsync(before, now, cancellationToken);
    }

    private async Task<IEnumerable<Change>> BetweenAsync(Breaker before, Breaker now, CancellationToken cancellationToken)
    {
        IReadOnlyList<Transition> transitions;
        try
        {
            transitions = (await api.HistoryAsync(now.Name, cancellationToken)).Value.Transitions;
        }
        catch (CliFault fault) when (fault.ExitCode is ExitCode.Unreachable or ExitCode.NotFound)
        {
            // What the two looks saw is told all the same.
            transitions = [];
        }

        var last = transitions.Count - 1;
        while (last >= 0 && transitions[last].Generation != before.Generation)
        {
            last--;
        }

        return transitions.Count == 0 ? [new Change(now.Name, before.State, now.State, now.Generation, now.Since, Cause: null)]
            : transitions.Skip(last >= 0 || before.Since is null ? last + 1 : transitions.Count - 1).Select(transition => Change.Of(now.Name, transition));
    }

    /// <summary>Once when it begins, once when it is over.</summary>
    private void Report(string? fault)
    {
        if (fault is not null && _fault is null)
        {
            faults.WriteLine($"tasker-breakers: {fault} Retrying.");
        }
        else if (fault is null && _fault is not null)
        {
            faults.WriteLine("tasker-breakers: The server answers again.");
        }

        _fault = fault;
    }
}
