using TaskerCore.Orleans.Cli.Server;

namespace TaskerCore.Orleans.Cli.Watching;

/// <summary>What a breaker's counts rose by per second.</summary>
internal readonly record struct Rate(double Calls, double Failures, double Rejected);

/// <summary>Rates over the last ten seconds of looks: workers report successes every few seconds, so that over less they would jump.</summary>
internal sealed class Rates
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, List<(TimeSpan At, Counts Counts)>> _seen = new(StringComparer.Ordinal);

    /// <summary>Takes one look.</summary>
    /// <param name="breakers">What was seen.</param>
    /// <param name="at">When, by a clock that never goes back.</param>
    public void Update(IEnumerable<Breaker> breakers, TimeSpan at)
    {
        foreach (var breaker in breakers)
        {
            if (breaker is not { Counts: { } counts, Answering: true })
            {
                continue;
            }

            if (!_seen.TryGetValue(breaker.Name, out var seen))
            {
                _seen[breaker.Name] = seen = [];
            }

            // After a failover the counts may be those of an earlier time.
            if (seen is [.., var (_, last)] && (counts.Calls < last.Calls || counts.Failures < last.Failures || counts.Rejected < last.Rejected))
            {
                seen.Clear();
            }

            seen.Add((at, counts));
            while (seen.Count > 2 && at - seen[1].At >= Window)
            {
                seen.RemoveAt(0);
            }
        }
    }

    /// <summary>The rates of one; null before there are two looks at it.</summary>
    public Rate? Of(string name)
    {
        if (!_seen.TryGetValue(name, out var seen) || seen.Count < 2 || seen[^1].At <= seen[0].At)
        {
            return null;
        }

        var (first, last, seconds) = (seen[0].Counts, seen[^1].Counts, (seen[^1].At - seen[0].At).TotalSeconds);
        return new((last.Calls - first.Calls) / seconds, (last.Failures - first.Failures) / seconds, (last.Rejected - first.Rejected) / seconds);
    }
}
