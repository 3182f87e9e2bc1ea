using System.Xml.Linq;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Packages.Tests;

/// <summary>A folder with every package, packed from what the solution's build left, and what a project needs to take them from there.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-feed-");

    /// <summary>The version of all of them.</summary>
    public static string Version { get; } = XDocument.Load(Repository.Path("Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>The folder.</summary>
    public string Path => _folder.FullName;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => await Dotnet.RunAsync(
        Repository.Root,
        "pack", Repository.Path("src", "Packages.slnf"), "-c", Repository.Configuration, "--no-build", "-o", Path, "-v", "quiet", "-nologo");

    /// <summary>The file of a package.</summary>
    public string File(string package, string extension) => System.IO.Path.Combine(Path, $"{package}.{Version}.{extension}");

    /// <summary>The version of a package that the solution uses.</summary>
    public static string VersionOf(string package) => XDocument.Load(Repository.Path("Directory.Packages.props"))
        .Descendants("PackageVersion").Single(version => version.Attribute("Include")!.Value == package).Attribute("Version")!.Value;

    /// <summary>Where a project finds packages: ours in the feed, extracted beside the project and not among those of this machine; all
    /// others where this solution's were restored to. Nothing is fetched.</summary>
    public string NuGetConfig(string extracted)
    {
        var restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return new XElement(
            "configuration",
            new XElement("config", Add("globalPackagesFolder", extracted)),
            new XElement("packageSources", new XElement("clear"), Add("feed", Path)),
            new XElement("fallbackPackageFolders", new XElement("clear"), Add("restored", restored))).ToString();

        static XElement Add(string key, string value) => new("add", new XAttribute("key", key), new XAttribute("value", value));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
