namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>A defect that is put into a copy of the shipped source, to see that the simulator finds it. The product itself has no switch
/// for it.</summary>
/// <param name="Name">The defect, in short.</param>
/// <param name="Within">Runs, from seed 1 on, within which it must be found.</param>
/// <param name="Edits">What is changed.</param>
internal sealed record PlantedDefect(string Name, int Within, params IReadOnlyList<Edit> Edits)
{
    public override string ToString() => Name;
}

/// <summary>One change of one file.</summary>
/// <param name="File">The file, from the repository's root on.</param>
/// <param name="Sound">Text that occurs exactly once in it.</param>
/// <param name="Defective">What takes its place.</param>
internal sealed record Edit(string File, string Sound, string Defective)
{
    /// <summary>The file's text with the defect.</summary>
    /// <exception cref="InvalidOperationException">The sound text does not occur exactly once: the source has changed.</exception>
    public string Apply(string source)
    {
        var at = source.IndexOf(Sound, StringComparison.Ordinal);
        return at >= 0 && source.IndexOf(Sound, at + 1, StringComparison.Ordinal) < 0
            ? source[..at] + Defective + source[(at + Sound.Length)..]
            : throw new InvalidOperationException($"'{Sound}' does not occur exactly once in {File}: bring the planted defect up to date with the source.");
    }
}
