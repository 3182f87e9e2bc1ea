namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>What an activation logs and measures of its row.</summary>
internal interface IPersistenceLog
{
    /// <summary>The row could not be read; it is read again.</summary>
    void ReadFailed(Exception exception);

    /// <summary>The row could not be written; it is written again.</summary>
    /// <param name="exception">Why.</param>
    /// <param name="isFirst">Whether the write before it succeeded.</param>
    void WriteFailed(Exception exception, bool isFirst);

    /// <summary>The row is written.</summary>
    /// <param name="failures">Writes that failed since the last one that succeeded.</param>
    void Written(int failures);
}
