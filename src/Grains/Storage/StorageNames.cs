namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>The names of storage providers.</summary>
internal static class StorageNames
{
    /// <summary>What the grains take: it stores rows as plain JSON (<see cref="RowSerializer"/>).</summary>
    public const string Rows = "breakers.rows";

    /// <summary>What a silo of somebody else's has under its own name, with whatever serializer.</summary>
    public const string Provider = "breakers";
}
