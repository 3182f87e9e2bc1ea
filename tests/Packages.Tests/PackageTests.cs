using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace TaskerCore.Orleans.Packages.Tests;

/// <summary>What is in each package.</summary>
public sealed class PackageTests(PackageFeed feed)
{
    private const string Prefix = "TaskerCore.Orleans.";
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    /// <summary>Each library, and the packages that it brings along.</summary>
    public static TheoryData<string, string[]> Libraries => new()
    {
        { "Grains.Interfaces", ["Microsoft.Orleans.Sdk"] },
        { "Tls", ["Microsoft.Orleans.Sdk", $"{Prefix}Grains.Interfaces"] },
        {
            "Client",
            [
                "Microsoft.Extensions.Diagnostics.HealthChecks", "Microsoft.Extensions.Http", "Microsoft.Orleans.Client", "OpenTelemetry.Api",
                $"{Prefix}Grains.Interfaces", $"{Prefix}Tls",
            ]
        },
        { "Client.Pgmq", ["Npgsql", $"{Prefix}Client"] },
        { "Client.Polly", ["Polly.Core", $"{Prefix}Client"] },
        { "Grains", ["Microsoft.Orleans.Server", $"{Prefix}Grains.Interfaces"] },
    };

    public static TheoryData<string> Names => [.. Libraries.Select(row => row.Data.Item1)];

    [Fact]
    public void There_is_one_for_each_library_with_its_symbols_and_one_for_the_tool()
    {
        string[] libraries = [.. Libraries.Select(row => $"{Prefix}{row.Data.Item1}.{PackageFeed.Version}")];

        Assert.Equal(
            libraries.SelectMany(library => new[] { $"{library}.nupkg", $"{library}.snupkg" })
                .Concat([$"{Prefix}Cli.{PackageFeed.Version}.nupkg", $"{Prefix}Cli.{PackageFeed.Version}.snupkg"]).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(feed.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_brings_along_what_it_needs_and_no_more(string library, string[] packages)
    {
        using var package = Open(library, "nupkg");
        var dependencies = Manifest(package).Descendants().Where(element => element.Name.LocalName == "dependency").ToList();

        Assert.Equal(packages.Order(StringComparer.Ordinal), dependencies.Select(dependency => dependency.Attribute("id")!.Value).Order(StringComparer.Ordinal));
        Assert.All(dependencies, dependency => Assert.DoesNotContain("-", dependency.Attribute("version")!.Value, StringComparison.Ordinal));

        // They see each other's internals: no other version will do.
        Assert.All(
            dependencies.Where(dependency => dependency.Attribute("id")!.Value.StartsWith(Prefix, StringComparison.Ordinal)),
            dependency => Assert.Equal($"[{PackageFeed.Version}]", dependency.Attribute("version")!.Value));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_library_has_its_documentation(string library)
    {
        using var package = Open(library, "nupkg");

        Assert.NotNull(package.GetEntry($"lib/net10.0/{Prefix}{library}.dll"));
        using var documentation = package.GetEntry($"lib/net10.0/{Prefix}{library}.xml")!.Open();
        Assert.NotEmpty(XDocument.Load(documentation).Descendants("summary"));
    }

    [Theory]
    [InlineData("Cli")]
    [InlineData("Client")]
    [InlineData("Client.Pgmq")]
    [InlineData("Client.Polly")]
    [InlineData("Grains")]
    [InlineData("Grains.Interfaces")]
    [InlineData("Tls")]
    public void A_package_says_what_it_is_and_under_which_licence(string name)
    {
        using var package = Open(name, "nupkg");
        var manifest = Manifest(package);

        Assert.Equal("MIT", Text("license"));
        Assert.EndsWith(".", Text("description"), StringComparison.Ordinal);
        Assert.Contains("circuit-breaker", Text("tags"), StringComparison.Ordinal);
        using var readme = new StreamReader(package.GetEntry(Text("readme"))!.Open());
        Assert.Contains($"{Prefix}{name}", readme.ReadToEnd(), StringComparison.Ordinal);

        string Text(string element) => manifest.Descendants().Single(found => found.Name.LocalName == element).Value;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Symbols_have_the_sources_and_do_not_say_where_they_were_built(string library)
    {
        using var package = Open(library, "snupkg");
        using var file = new MemoryStream();
        using (var entry = package.GetEntry($"lib/net10.0/{Prefix}{library}.pdb")!.Open())
        {
            entry.CopyTo(file);
        }

        file.Position = 0;
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(file);
        var reader = symbols.GetMetadataReader();

        Assert.NotEmpty(reader.Documents);
        foreach (var handle in reader.Documents)
        {
            Assert.StartsWith("/_/", reader.GetString(reader.GetDocument(handle).Name), StringComparison.Ordinal);
            Assert.Contains(reader.GetCustomDebugInformation(handle), information => reader.GetGuid(reader.GetCustomDebugInformation(information).Kind) == EmbeddedSource);
        }
    }

    private ZipArchive Open(string name, string extension) => ZipFile.OpenRead(feed.File(Prefix + name, extension));

    private static XDocument Manifest(ZipArchive package)
    {
        using var manifest = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(manifest);
    }
}
