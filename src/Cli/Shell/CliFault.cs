namespace TaskerCore.Orleans.Cli.Shell;

/// <summary>It cannot be done: the message says in one line what happened and what to do.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="message">What happened and what to do.</param>
internal sealed class CliFault(int exitCode, string message) : Exception(message)
{
    /// <summary>What the program ends with.</summary>
    public int ExitCode => exitCode;

    /// <summary>What this says of the server that was asked.</summary>
    public ServerState Server { get; init; }
}

/// <summary>What a fault says of the server that was asked, for those who know another one.</summary>
internal enum ServerState
{
    /// <summary>It answered; another would say the same.</summary>
    Answers = 0,

    /// <summary>It does not serve, and what was asked may have been carried out.</summary>
    Silent = 1,

    /// <summary>It does not serve, and nothing was carried out: a command may be sent to another.</summary>
    Untouched = 2,
}
