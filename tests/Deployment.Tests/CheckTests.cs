using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary><c>docker/check.sh</c>: it is content with the files as they are, and with none that is broken.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("taskercore-deployment-");

    public void Dispose() => _copy.Delete(recursive: true);

    [Fact]
    public async Task The_files_are_well() => await Scripts.RunWellAsync(DeploymentFiles.PathOf("check.sh"));

    /// <summary>One run of the check takes seconds; it names each broken file, so several are broken for each run.</summary>
    [Fact]
    public async Task What_is_broken_is_found()
    {
        await FindsAsync(
            ("Dockerfile", "STOPSIGNAL", "STOPSINGAL"),
            ("Dockerfile.worker", "ENTRYPOINT [", "ENTRYPOINT [\"dotnet\"]\nENTRYPOINT ["),
            ("compose.yaml", "stop_grace_period", "grace_period"),
            ("kubernetes/silo.yaml", "containerPort: 11111", "containerPort: silo"),
            ("kubernetes/worker.yaml", "name: worker\n          image", "image"),
            ("kubernetes/components/prometheus-operator/monitors.yaml", "kind: ServiceMonitor", "kind: ServiceMonito"),
            ("kubernetes/components/otlp/network.yaml", "policyTypes: [Egress]", "policyTypes: Egress"),
            ("secrets.sh", "umask 077", "if umask 077"));
        await FindsAsync(
            ("compose.yaml", "\"127.0.0.1:9090:9090\"", "\"9090:9090\""),
            ("kubernetes/silo.yaml", "kind: PodDisruptionBudget", "kind: PodDisruptionBudge"),
            ("kubernetes/components/prometheus-operator/monitors.yaml", "endpoints:\n", "endpoint:\n"));
        await FindsAsync(("compose.yaml", "grafana/grafana:12.3.2", "grafana/grafana"));
    }

    private async Task FindsAsync(params (string File, string Whole, string Broken)[] edits)
    {
        var copy = _copy.CreateSubdirectory(Guid.NewGuid().ToString("N"));
        Copy(new DirectoryInfo(DeploymentFiles.PathOf()), copy);
        foreach (var (file, whole, broken) in edits)
        {
            var path = Path.Combine(copy.FullName, file);
            var text = await File.ReadAllTextAsync(path);
            Assert.Contains(whole, text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, text.Replace(whole, broken, StringComparison.Ordinal));
        }

        var (exitCode, output) = await ProgramRun.OfAsync(DeploymentFiles.PathOf("check.sh"), copy.FullName);

        Assert.Equal(1, exitCode);
        Assert.All(edits, edit => Assert.Contains(Path.Combine(copy.FullName, edit.File), output, StringComparison.Ordinal));
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
