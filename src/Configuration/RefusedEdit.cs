namespace TaskerCore.Orleans.Configuration;

/// <summary>An edit of the files that was refused while the silo runs: what held before holds on (S18).</summary>
/// <param name="Since">When it was refused.</param>
/// <param name="Faults">What is wrong with it; paths in full.</param>
internal sealed record RefusedEdit(DateTimeOffset Since, IReadOnlyList<ConfigurationFault> Faults);
