namespace TaskerCore.Orleans.Grains.Interfaces;

/// <summary>Who reports or asks for a permit.</summary>
/// <param name="Session">The run of the worker's process: its own order of outcomes is kept by it (S2 a).</param>
/// <param name="Name">The worker's name, for the history.</param>
internal readonly record struct Reporter(Guid Session, string Name);
