using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>A core whose state is one row (C6). It is made with its first read under way; afterwards its effects say when to read and what to write.</summary>
/// <typeparam name="TRow">The row.</typeparam>
internal interface IPersistedCore<TRow>
    where TRow : class
{
    /// <summary>Writes that failed one after the other.</summary>
    int FailedWrites { get; }

    /// <summary>The row was read; null: there is none.</summary>
    void ReadSucceeded(TRow? stored, Moment now);

    /// <summary>The row could not be read; it is read again after a while.</summary>
    void ReadFailed(Moment now);

    /// <summary>The row that was given out last is written.</summary>
    void WriteSucceeded(Moment now);

    /// <summary>The write failed, or nobody knows; it is repeated.</summary>
    void WriteFailed(Moment now);

    /// <summary>The row was not the one that was read or written last; this is what it is.</summary>
    void WriteConflicted(TRow? stored, Moment now);
}
