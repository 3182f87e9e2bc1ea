namespace TaskerCore.Orleans.Grains;

/// <summary>The storage provider that the grains take by name.</summary>
internal static class StorageNames
{
    public const string Breakers = "breakers";
}
