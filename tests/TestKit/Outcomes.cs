namespace TaskerCore.Orleans.TestKit;

/// <summary>Outcomes written as letters: s success, f failure, i ignored, r rejection, l slow success, m slow failure.</summary>
internal static class Outcomes
{
    public static OutcomeTally One(char outcome) => outcome switch
    {
        's' => OutcomeTally.Success,
        'f' => OutcomeTally.Failure,
        'i' => OutcomeTally.IgnoredCall,
        'r' => OutcomeTally.Rejection,
        'l' => OutcomeTally.Success with { Counts = OutcomeTally.Success.Counts with { Slow = 1 } },
        'm' => OutcomeTally.Failure with { Counts = OutcomeTally.Failure.Counts with { Slow = 1 } },
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Unknown outcome."),
    };

    public static OutcomeTally Tally(string outcomes) =>
        outcomes.Aggregate(OutcomeTally.Empty, static (tally, outcome) => tally.Append(One(outcome)));
}
