using System.Xml.Linq;
using TaskerCore.Orleans.LocalEnvironment;

[assembly: AssemblyFixture(typeof(TaskerCore.Orleans.Packages.Tests.PackageFeed))]

namespace TaskerCore.Orleans.Packages.Tests;

/// <summary>A folder with every package, packed from what the solution's build left, and what a project needs to take them from there.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-feed-");
    private readonly DirectoryInfo _others = Directory.CreateTempSubdirectory("taskercore-others-");

    /// <summary>The version of all of them.</summary>
    public static string Version { get; } = XDocument.Load(Repository.Path("Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>The folder.</summary>
    public string Path => _folder.FullName;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        LinkOthers();
        await Dotnet.RunAsync(
            Repository.Root,
            "pack", Repository.Path("src", "Packages.slnf"), "-c", Repository.Configuration, "--no-build", "-o", Path, "-v", "quiet", "-nologo");
    }

    /// <summary>The file of a package.</summary>
    public string File(string package, string extension) => System.IO.Path.Combine(Path, $"{package}.{Version}.{extension}");

    /// <summary>The version of a package that the solution uses.</summary>
    public static string VersionOf(string package) => XDocument.Load(Repository.Path("Directory.Packages.props"))
        .Descendants("PackageVersion").Single(version => version.Attribute("Include")!.Value == package).Attribute("Version")!.Value;

    /// <summary>Where a project finds packages: ours in the feed, all others where this solution's were restored to. Nothing is fetched.</summary>
    public string NuGetConfig() => new XElement(
        "configuration",
        new XElement("packageSources", new XElement("clear"), Add("feed", Path)),
        new XElement("packageSourceMapping", new XElement("clear")),
        new XElement("fallbackPackageFolders", new XElement("clear"), Add("restored", _others.FullName))).ToString();

    private static XElement Add(string key, string value) => new("add", new XAttribute("key", key), new XAttribute("value", value));

    /// <summary>What was restored for this solution, without packages of ours that somebody installed once: those would go before the feed.</summary>
    private void LinkOthers()
    {
        var restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var package in Directory.EnumerateDirectories(restored))
        {
            var name = System.IO.Path.GetFileName(package);
            if (!name.StartsWith("taskercore.", StringComparison.OrdinalIgnoreCase))
            {
                Directory.CreateSymbolicLink(System.IO.Path.Combine(_others.FullName, name), package);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);

        // Links are taken away, not what they lead to.
        _others.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
