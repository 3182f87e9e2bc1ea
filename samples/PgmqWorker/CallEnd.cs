namespace TaskerCore.Orleans.PgmqWorker;

/// <summary>What became of a protected call.</summary>
public enum CallEnd
{
    /// <summary>pgmq carried it out.</summary>
    Done = 0,

    /// <summary>pgmq did not answer, or answered with an error of its own.</summary>
    Failed = 1,

    /// <summary>The circuit is open: nothing was sent.</summary>
    Rejected = 2,
}
