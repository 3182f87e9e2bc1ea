namespace TaskerCore.Orleans.Client;

/// <summary>How many breakers are in which state.</summary>
public sealed record ClusterHealth
{
    /// <summary>Breakers that are closed.</summary>
    public int Closed { get; init; }

    /// <summary>Breakers that are open.</summary>
    public int Open { get; init; }

    /// <summary>Breakers that are half-open.</summary>
    public int HalfOpen { get; init; }

    /// <summary>Breakers that an operator forced open.</summary>
    public int ForcedOpen { get; init; }

    /// <summary>Breakers that an operator forced closed.</summary>
    public int ForcedClosed { get; init; }

    /// <summary>All breakers.</summary>
    public int Total => Closed + Open + HalfOpen + ForcedOpen + ForcedClosed;

    /// <summary>(closed + forced closed) ÷ total; 1 when there is none.</summary>
    public double HealthScore => Total == 0 ? 1 : (double)(Closed + ForcedClosed) / Total;

    /// <summary>Counts the states of <paramref name="breakers"/>.</summary>
    public static ClusterHealth Of(IEnumerable<BreakerDetails> breakers)
    {
        ArgumentNullException.ThrowIfNull(breakers);
        Span<int> counts = stackalloc int[5];
        foreach (var breaker in breakers)
        {
            counts[(int)breaker.State]++;
        }

        return new()
        {
            Closed = counts[(int)BreakerState.Closed],
            Open = counts[(int)BreakerState.Open],
            HalfOpen = counts[(int)BreakerState.HalfOpen],
            ForcedOpen = counts[(int)BreakerState.ForcedOpen],
            ForcedClosed = counts[(int)BreakerState.ForcedClosed],
        };
    }
}
