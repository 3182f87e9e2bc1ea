namespace TaskerCore.Orleans.Packages.Tests;

/// <summary>A new folder outside of the repository, whose settings do not reach it; gone when it is disposed.</summary>
internal sealed class EmptyFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-project-");

    public string Path => _folder.FullName;

    public void Write(string file, string content) => File.WriteAllText(System.IO.Path.Combine(Path, file), content);

    /// <summary>Makes it a worker's project, as <c>dotnet new worker</c> does, that takes its packages from the feed.</summary>
    public void WriteProject(PackageFeed feed, string project, string program, params (string Package, string Version)[] packages)
    {
        Write("nuget.config", feed.NuGetConfig());
        Write("Program.cs", program);
        Write($"{project}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Worker">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(packages.Select(package => $"<PackageReference Include=\"{package.Package}\" Version=\"{package.Version}\" />"))}
              </ItemGroup>
            </Project>
            """);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
