using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TaskerCore.Orleans.Benchmarks.Fleet;
using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks.HotPath;

/// <summary>What one benchmark came to: the median of a call, and the bytes that it allocates.</summary>
internal sealed record Measured(double Nanoseconds, long Bytes)
{
    public override string ToString() => $"{Figures.Nanoseconds(Nanoseconds)} {Bytes} B";
}

/// <summary>Runs a class of benchmarks beside a silo of its own, in this process: all peers see the same run.</summary>
internal static class HotPathRun
{
    /// <summary>Runs the benchmarks of <typeparamref name="T"/>; what came of each, by name.</summary>
    /// <exception cref="InvalidOperationException">One did not run; the message says which.</exception>
    public static async Task<IReadOnlyDictionary<string, Measured>> RunAsync<T>(Plan plan, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(1, cancellationToken);
        Environment.SetEnvironmentVariable(Peers.GatewayVariable, cluster.Gateways[0]);
        var job = plan.IsQuick
            ? Job.Default.WithWarmupCount(3).WithIterationCount(6).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(100))
            : Job.Default.WithWarmupCount(6).WithIterationCount(20).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(250));
        var config = ManualConfig.CreateEmpty()
            .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(Path.Combine(LocalEnvironment.Repository.Root, ".cache", "benchmarks"))
            .WithOptions(ConfigOptions.DisableLogFile);
        var summary = await Task.Run(() => BenchmarkRunner.Run<T>(config), cancellationToken);
        return summary.Reports.ToDictionary(
            report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name,
            report => report.ResultStatistics is { } statistics
                ? new Measured(statistics.Median, report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0)
                : throw new InvalidOperationException($"{typeof(T).Name}.{report.BenchmarkCase.Descriptor.WorkloadMethod.Name} did not run."),
            StringComparer.Ordinal);
    }
}
