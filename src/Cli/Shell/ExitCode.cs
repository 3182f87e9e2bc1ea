namespace TaskerCore.Orleans.Cli.Shell;

/// <summary>What the program ends with: scripts go by it, so a number never changes its meaning.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The request is at fault: a value that is not valid, a file with faults.</summary>
    public const int Invalid = 1;

    /// <summary>The command line is at fault.</summary>
    public const int Usage = 2;

    /// <summary>There is no breaker of that name.</summary>
    public const int NotFound = 3;

    /// <summary>The breaker's state, or a limit, refuses it.</summary>
    public const int Conflict = 4;

    /// <summary>The server does not allow it: 401, 403, 429.</summary>
    public const int NotAllowed = 5;

    /// <summary>No silo, or no cluster behind it, answers.</summary>
    public const int Unreachable = 6;

    /// <summary>With <c>--exit-code</c>: a breaker that was shown rejects calls, being open or forced open.</summary>
    public const int Open = 10;

    /// <summary>A defect of this program.</summary>
    public const int Defect = 70;

    /// <summary>Standard output cannot be written: a full disk, a stream that is closed. Not where the reader of a pipe is gone.</summary>
    public const int OutputFailed = 74;

    /// <summary>Ended by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>What <c>--help</c> says of them.</summary>
    public const string Help = """
        Exit codes:
          0   done
          1   the request is not valid, or the file has faults
          2   the command line is not valid
          3   there is no such breaker
          4   refused by the breaker's state, or by a limit
          5   not allowed: no key, the wrong one, or too many requests
          6   no silo answers, or it does not serve
          10  with --exit-code: a breaker that was shown is open or forced open
          74  the answer could not be written: full disk, closed output
        """;
}
