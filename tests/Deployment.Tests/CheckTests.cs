using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary><c>docker/check.sh</c>: it is content with the files as they are, and with none that is broken.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("taskercore-deployment-");

    public void Dispose() => _copy.Delete(recursive: true);

    [Fact]
    public async Task The_files_are_well() => await Scripts.RunWellAsync(DeploymentFiles.PathOf("check.sh"));

    [Theory]
    [InlineData("Dockerfile", "STOPSIGNAL", "STOPSINGAL")]
    [InlineData("Dockerfile.worker", "ENTRYPOINT [", "ENTRYPOINT [\"dotnet\"]\nENTRYPOINT [")]
    [InlineData("compose.yaml", "stop_grace_period", "grace_period")]
    [InlineData("compose.yaml", "\"127.0.0.1:9090:9090\"", "\"9090:9090\"")]
    [InlineData("compose.yaml", "grafana/grafana:12.3.2", "grafana/grafana")]
    [InlineData("kubernetes/silo.yaml", "containerPort: 11111", "containerPort: silo")]
    [InlineData("kubernetes/silo.yaml", "kind: PodDisruptionBudget", "kind: PodDisruptionBudge")]
    [InlineData("kubernetes/worker.yaml", "name: worker\n          image", "image")]
    [InlineData("kubernetes/components/prometheus-operator/monitors.yaml", "kind: ServiceMonitor", "kind: ServiceMonito")]
    [InlineData("kubernetes/components/prometheus-operator/monitors.yaml", "endpoints:\n", "endpoint:\n")]
    [InlineData("kubernetes/components/otlp/network.yaml", "policyTypes: [Egress]", "policyTypes: Egress")]
    [InlineData("secrets.sh", "umask 077", "if umask 077")]
    public async Task What_is_broken_is_found(string file, string whole, string broken)
    {
        Copy(new DirectoryInfo(DeploymentFiles.PathOf()), _copy);
        var path = Path.Combine(_copy.FullName, file);
        var text = await File.ReadAllTextAsync(path);
        Assert.Contains(whole, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(whole, broken, StringComparison.Ordinal));

        var (exitCode, output) = await ProgramRun.OfAsync(DeploymentFiles.PathOf("check.sh"), _copy.FullName);

        Assert.Equal(1, exitCode);
        Assert.Contains(path, output, StringComparison.Ordinal);
    }

    private static void Copy(DirectoryInfo from, DirectoryInfo to)
    {
        foreach (var file in from.GetFiles())
        {
            file.CopyTo(Path.Combine(to.FullName, file.Name));
        }

        foreach (var folder in from.GetDirectories().Where(folder => folder.Name != "secrets"))
        {
            Copy(folder, to.CreateSubdirectory(folder.Name));
        }
    }
}
