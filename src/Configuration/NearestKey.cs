namespace TaskerCore.Orleans.Configuration;

/// <summary>Suggests the known key that an unknown one was probably meant to be.</summary>
internal static class NearestKey
{
    /// <summary>The nearest of <paramref name="known"/>; null when none is near.</summary>
    public static string? Find(string unknown, IEnumerable<string> known)
    {
        var nearest = known.Select(key => (Key: key, Distance: Distance(unknown, key))).OrderBy(near => near.Distance).FirstOrDefault();
        return nearest.Key is not null && nearest.Distance <= Math.Max(2, unknown.Length / 3) ? nearest.Key : null;
    }

    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 64)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
