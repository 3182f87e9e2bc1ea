namespace TaskerCore.Orleans.Packages.Tests;

/// <summary>A new folder outside of the repository, whose settings do not reach it; gone when it is disposed.</summary>
internal sealed class EmptyFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-project-");

    public string Path => _folder.FullName;

    public void Write(string file, string content) => File.WriteAllText(System.IO.Path.Combine(Path, file), content);

    public void Dispose() => _folder.Delete(recursive: true);
}
