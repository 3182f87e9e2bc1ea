namespace TaskerCore.Orleans.Architecture.Tests;

/// <summary>One file of the source.</summary>
/// <param name="Folder">Its folder below <c>src</c>, with <c>/</c>; empty for code that a build generates.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Text">Its text.</param>
internal sealed record SourceFile(string Folder, string Name, string Text)
{
    /// <summary>The whole source, and the global usings that its builds generated.</summary>
    public static IReadOnlyList<SourceFile> All(string source) =>
    [
        .. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Folder: Path.GetRelativePath(source, Path.GetDirectoryName(path)!).Replace('\\', '/')))
            .Where(file => !file.Folder.Split('/').Contains("bin") && (!IsGenerated(file.Folder) || IsGlobalUsings(file.Path)))
            .OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file => new SourceFile(IsGenerated(file.Folder) ? string.Empty : file.Folder, Path.GetFileName(file.Path), File.ReadAllText(file.Path))),
    ];

    private static bool IsGenerated(string folder) => folder.Split('/').Contains("obj");

    private static bool IsGlobalUsings(string path) =>
        path.EndsWith(".GlobalUsings.g.cs", StringComparison.Ordinal) && path.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
}
