namespace TaskerCore.Orleans;

/// <summary>How the files of a configuration end.</summary>
internal enum EndingKind
{
    /// <summary>It is not known: an older silo, or settings that come from no file.</summary>
    Unknown = 0,

    /// <summary>In the middle of a line.</summary>
    Open = 1,

    /// <summary>At the end of a line.</summary>
    Line = 2,

    /// <summary>With the mark <c>...</c>, or a closed brace: it is whole.</summary>
    Marked = 3,
}

/// <summary>Whether files end as surely as those before them.</summary>
internal static class EndingKinds
{
    /// <summary>Why settings look cut off; null: they do not.</summary>
    /// <param name="given">How they end.</param>
    /// <param name="required">How those in force end.</param>
    public static string? Why(EndingKind given, EndingKind required) => given == EndingKind.Unknown || given >= required ? null
        : required == EndingKind.Marked ? "does not end with '...' as the one in force does, so that a part may be missing; end it with a line '...'"
        : "ends in the middle of a line, unlike the one in force, so that a part may be missing; end its last line with a line end";
}
