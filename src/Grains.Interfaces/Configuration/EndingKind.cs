namespace TaskerCore.Orleans;

/// <summary>Specifies how the files of a configuration end.</summary>
internal enum EndingKind
{
    /// <summary>Unknown: an older silo, or settings that come from no file.</summary>
    Unknown = 0,

    /// <summary>In the middle of a line.</summary>
    Open = 1,

    /// <summary>At the end of a line.</summary>
    Line = 2,

    /// <summary>With the mark <c>...</c> or a closed brace: the file is complete.</summary>
    Marked = 3,
}

/// <summary>Compares the ends of files with those of the files in force.</summary>
internal static class EndingKinds
{
    /// <summary>Returns why settings look cut off; null if they do not.</summary>
    /// <param name="given">The ending of the new files.</param>
    /// <param name="required">The ending of the files in force.</param>
    public static string? Why(EndingKind given, EndingKind required) => given == EndingKind.Unknown || given >= required ? null
        : required == EndingKind.Marked ? "does not end with '...' like the file in force, so a part may be missing; end it with a line '...'"
        : "ends in the middle of a line, unlike the file in force, so a part may be missing; end the last line with a line break";
}
