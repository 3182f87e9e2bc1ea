namespace TaskerCore.Orleans.Configuration;

/// <summary>Where a value comes from.</summary>
internal abstract record SettingOrigin
{
    /// <summary>The layer, as reports name it.</summary>
    public abstract string Layer { get; }

    /// <summary>No layer sets it: the default holds.</summary>
    public sealed record BuiltIn : SettingOrigin
    {
        public static BuiltIn Instance { get; } = new();

        public override string Layer => "built_in";

        public override string ToString() => "built-in";
    }

    /// <summary>A file: the one that is named, or its overlay. Lines and columns count from 1.</summary>
    public sealed record InFile(string File, long Line, long Column) : SettingOrigin
    {
        public override string Layer => "file";

        public override string ToString() => FormattableString.Invariant($"{File}:{Line}:{Column}");
    }

    /// <summary>An environment variable.</summary>
    public sealed record Variable(string Name) : SettingOrigin
    {
        public override string Layer => "variable";

        public override string ToString() => Name;
    }

    /// <summary>The files or variables of another silo, whose settings are in force (S18).</summary>
    public sealed record OtherSilo : SettingOrigin
    {
        public static OtherSilo Instance { get; } = new();

        public override string Layer => "other_silo";

        public override string ToString() => "another silo";
    }
}
