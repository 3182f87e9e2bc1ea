using System.Text.RegularExpressions;
using System.Xml.Linq;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Hosting;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary>The Dockerfiles beside the code.</summary>
public sealed partial class DockerfileTests
{
    [Theory]
    [InlineData("Dockerfile", "src/Silo/TaskerCore.Orleans.Silo.csproj")]
    [InlineData("Dockerfile.worker", "samples/PgmqWorker/TaskerCore.Orleans.PgmqWorker.csproj")]
    public void Every_project_that_is_restored_is_copied_before_and_no_other(string file, string project)
    {
        var copied = Projects().Matches(DeploymentFiles.Read(file)).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(WithReferences(project).Order(StringComparer.Ordinal), copied.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Dockerfile", "src/Silo")]
    [InlineData("Dockerfile.worker", "samples/PgmqWorker")]
    public void It_is_restored_and_published_and_its_assembly_runs(string file, string folder)
    {
        var (text, assembly) = (DeploymentFiles.Read(file), Path.GetFileNameWithoutExtension(Directory.GetFiles(Repository.Path(folder.Split('/')), "*.csproj").Single()));

        Assert.Contains($"dotnet restore {folder} ", text, StringComparison.Ordinal);
        Assert.Contains($"dotnet publish {folder} ", text, StringComparison.Ordinal);
        Assert.Contains($"\nENTRYPOINT [\"dotnet\", \"{assembly}.dll\"]", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("Dockerfile.worker")]
    public void What_is_copied_is_there_and_in_the_context(string file)
    {
        var ignored = File.ReadAllLines(Repository.Path(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();

        Assert.All(CopiedFromContext(file), source =>
        {
            Assert.True(Path.Exists(Repository.Path(source.TrimEnd('/').Split('/'))), $"{source} is not there");
            Assert.Contains(ignored, kept => source.TrimEnd('/') == kept || source.StartsWith(kept + "/", StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("Dockerfile.worker")]
    public void The_base_images_are_arguments_with_pinned_defaults(string file)
    {
        var text = DeploymentFiles.Read(file);

        Assert.Equal(["${SDK_IMAGE}", "${RUNTIME_IMAGE}"], From().Matches(text).Select(match => match.Groups["image"].Value));
        Assert.All(["SDK_IMAGE", "RUNTIME_IMAGE"], name => Assert.True(DeploymentFiles.IsPinned(Regex.Match(text, $"(?m)^ARG {name}=(.+)$").Groups[1].Value)));
    }

    /// <summary>A default of TARGETARCH wins over the builder's value: an image for arm64 would hold code for amd64.</summary>
    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("Dockerfile.worker")]
    public void It_is_compiled_for_the_images_platform_on_the_machines_own(string file)
    {
        var text = DeploymentFiles.Read(file);

        Assert.Equal(["$BUILDPLATFORM", ""], From().Matches(text).Select(match => match.Groups["platform"].Value));
        Assert.Equal(["ARG TARGETARCH"], text.Split('\n').Where(line => line.StartsWith("ARG TARGET", StringComparison.Ordinal) || line.StartsWith("ARG BUILD", StringComparison.Ordinal)));
        Assert.InRange(text.IndexOf("\nARG TARGETARCH\n", StringComparison.Ordinal), text.IndexOf(" AS build\n", StringComparison.Ordinal), text.IndexOf("\nRUN ", StringComparison.Ordinal));
        Assert.Equal(
            ["restore", "publish"],
            text.Split('\n').Where(line => line.StartsWith("RUN dotnet ", StringComparison.Ordinal) && line.Contains("""--arch "${TARGETARCH:?}" """, StringComparison.Ordinal))
                .Select(line => line.Split(' ')[2]));
        Assert.Equal(2, text.Split('\n').Count(line => line.StartsWith("RUN ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_build_without_an_engine_says_for_which_platform()
    {
        var script = DeploymentFiles.Read("build.sh");

        Assert.Contains("--build-arg BUILDPLATFORM=", script, StringComparison.Ordinal);
        Assert.Contains("--build-arg TARGETARCH=", script, StringComparison.Ordinal);
    }

    [Fact]
    public void A_silo_knows_that_it_runs_in_a_container_over_any_base_image() =>
        Assert.Contains("\nENV DOTNET_RUNNING_IN_CONTAINER=true\n", DeploymentFiles.Read("Dockerfile"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("Dockerfile.worker")]
    public void It_runs_without_rights_under_a_number_that_Kubernetes_can_check(string file) =>
        Assert.Equal("1654:1654", Regex.Match(DeploymentFiles.Read(file), "(?m)^USER (.+)$").Groups[1].Value);

    [Fact]
    public void A_silos_ports_are_exposed()
    {
        var settings = new SiloSettings();

        Assert.Equal($"{settings.SiloPort} {settings.GatewayPort} {new Uri(SiloHost.Urls([])).Port}", Regex.Match(DeploymentFiles.Read("Dockerfile"), "(?m)^EXPOSE (.+)$").Groups[1].Value);
    }

    [Fact]
    public void A_silos_health_check_is_one_that_it_knows_and_asks_for_liveness()
    {
        var check = Regex.Match(DeploymentFiles.Read("Dockerfile"), """(?m)^HEALTHCHECK .* CMD \["dotnet", "TaskerCore.Orleans.Silo.dll", "(.+)"\]$""").Groups[1].Value;

        Assert.Equal("/health/live", HealthProbe.Question([check]));
    }

    private static IEnumerable<string> CopiedFromContext(string file) => DeploymentFiles.Read(file).Split('\n')
        .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
        .SelectMany(line => line.Split(' ')[1..^1]);

    private static HashSet<string> WithReferences(string project)
    {
        var path = Repository.Path(project.Split('/'));
        return
        [
            project,
            .. XDocument.Load(path).Descendants("ProjectReference")
                .Select(reference => Path.GetRelativePath(Repository.Root, Path.Combine(Path.GetDirectoryName(path)!, reference.Attribute("Include")!.Value)))
                .SelectMany(WithReferences),
        ];
    }

    [GeneratedRegex(@"(?<=^COPY )\S+\.csproj", RegexOptions.Multiline)]
    private static partial Regex Projects();

    [GeneratedRegex(@"^FROM (?:--platform=(?<platform>\S+) )?(?<image>\S+)", RegexOptions.Multiline)]
    private static partial Regex From();
}
