using System.Collections.Immutable;

namespace TaskerCore.Orleans;

/// <summary>Finds the known names that a mistyped one probably stands for: components' names, and keys of the settings.</summary>
internal static class NearestNames
{
    /// <summary>The largest number of suggestions.</summary>
    public const int Most = 3;

    /// <summary>The known names within two typing errors, or one error per three characters of a longer name, the nearest first; then
    /// those that contain the name, or that it contains. Case does not count.</summary>
    /// <param name="unknown">The name that was not found.</param>
    /// <param name="known">The names to choose from.</param>
    public static ImmutableArray<string> Find(string unknown, IEnumerable<string> known)
    {
        var wanted = unknown.ToLowerInvariant();
        var limit = Math.Min(Math.Max(2, wanted.Length / 3), wanted.Length - 1);
        return
        [
            .. known.Distinct(StringComparer.Ordinal)
                .Where(name => name != unknown)
                .Select(name => (Name: name, Distance: Rank(wanted, name.ToLowerInvariant(), limit)))
                .Where(near => near.Distance is not null)
                .OrderBy(near => near.Distance)
                .ThenBy(near => near.Name, StringComparer.Ordinal)
                .Take(Most)
                .Select(near => near.Name),
        ];
    }

    private static int? Rank(string wanted, string name, int limit)
    {
        const int leastPart = 3;
        return Distance(wanted, name, limit)
            ?? ((wanted.Length >= leastPart && name.Contains(wanted, StringComparison.Ordinal))
                || (name.Length >= leastPart && wanted.Contains(name, StringComparison.Ordinal))
                ? limit + Math.Abs(name.Length - wanted.Length)
                : null);
    }

    /// <summary>How many characters must be inserted, removed, replaced or swapped with their neighbour; null when more than the limit.</summary>
    private static int? Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return null;
        }

        int[] twoBefore = new int[b.Length + 1], before = [.. Enumerable.Range(0, b.Length + 1)], row = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(before[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], twoBefore[j - 2] + 1);
                }
            }

            if (row.Min() > limit)
            {
                return null;
            }

            (twoBefore, before, row) = (before, row, twoBefore);
        }

        return before[b.Length] <= limit ? before[b.Length] : null;
    }
}
