namespace TaskerCore.Orleans.Cli;

/// <summary>It cannot be done: the message says in one line what happened and what to do.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="message">What happened and what to do.</param>
internal sealed class CliFault(int exitCode, string message) : Exception(message)
{
    /// <summary>What the program ends with.</summary>
    public int ExitCode => exitCode;
}
