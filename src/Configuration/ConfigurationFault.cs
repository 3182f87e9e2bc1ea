namespace TaskerCore.Orleans.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Source">Where: <c>file:line:column</c>, or the environment variable.</param>
/// <param name="Path">The key's path; empty for a file as a whole.</param>
/// <param name="Message">What was found, and what is allowed.</param>
internal sealed record ConfigurationFault(string Source, string Path, string Message)
{
    public override string ToString() => Path.Length == 0 ? $"{Source}: {Message}" : $"{Source}: {Path}: {Message}";
}

/// <summary>The configuration is not valid; the message lists all its faults (S17).</summary>
internal sealed class ConfigurationFaultsException(IReadOnlyList<ConfigurationFault> faults) : Exception(
    $"The circuit breakers' configuration has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}:{Environment.NewLine}"
    + string.Join(Environment.NewLine, faults.Select(fault => "  " + fault)))
{
    public IReadOnlyList<ConfigurationFault> Faults => faults;
}
