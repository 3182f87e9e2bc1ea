namespace TaskerCore.Orleans.Configuration;

/// <summary>Whether an edit is a loss: what a full disk, a write that was cut off, or a file that disappeared leaves behind is often good YAML
/// with fewer settings.</summary>
internal static class ContentLoss
{
    /// <summary>Why the edit looks like a loss; empty: it does not. One that changes no setting is none.</summary>
    /// <param name="held">What was loaded last and holds.</param>
    /// <param name="edited">What was loaded now.</param>
    /// <param name="known">The hashes of files that were taken before: a file that is put back as it was is whole.</param>
    public static IReadOnlyList<ConfigurationFault> Find(LoadedConfiguration held, LoadedConfiguration edited, IReadOnlySet<string>? known = null)
    {
        if (held.ContentHash == edited.ContentHash)
        {
            return [];
        }

        var faults = new List<ConfigurationFault>();
        var isOnlyLoss = held.Inputs.Base.Hash == edited.Inputs.Base.Hash;
        for (var role = 0; role < held.Files.Count; role++)
        {
            var before = held.Inputs.All[role];
            if (role >= edited.Files.Count)
            {
                if (isOnlyLoss)
                {
                    faults.Add(new(before.Path, string.Empty, "the overlay and its settings are missing; to remove it on purpose, also edit the base file"));
                }
            }
            else if (known?.Contains(edited.Inputs.All[role].Hash) is not true && Why(before.Content!, held.Endings[role], edited.Inputs.All[role].Content!, edited.Endings[role]) is { } why)
            {
                faults.Add(new(edited.Inputs.All[role].Path, string.Empty, why));
            }
        }

        return faults;
    }

    private static string? Why(byte[] before, ContentEnding beforeEnding, byte[] now, ContentEnding nowEnding) =>
        now.Length < before.Length && before.AsSpan().StartsWith(now)
            ? $"the file has only the first {now.Length} of its {before.Length} bytes, as if a write was cut off; "
              + "to remove the rest on purpose, also change a line above it (a comment is enough)"
            : EndingKinds.Why(nowEnding.Given, beforeEnding.Required) is { } why ? $"the file {why}"
            : null;
}
