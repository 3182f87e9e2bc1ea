using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Packages.Tests;

/// <summary>The packages that the README's first example does not need.</summary>
public sealed class OtherPackagesTests(PackageFeed feed)
{
    [Fact]
    public async Task A_silo_of_ones_own_and_a_pipeline_in_it_need_no_more_than_their_packages()
    {
        using var folder = new EmptyFolder();
        var ports = FreePort.Several(2);
        folder.WriteProject(feed, "Silo", $$"""
            using Orleans.Hosting;
            using Polly;
            using TaskerCore.Orleans.Client;
            using TaskerCore.Orleans;

            var builder = Host.CreateApplicationBuilder(args);
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.UseOrleans(silo => silo
                .UseLocalhostClustering({{ports[0]}}, {{ports[1]}})
                .AddMemoryGrainStorage(CircuitBreakerSiloBuilderExtensions.StorageName)
                .AddCircuitBreakerGrains(breakers => breakers.SnapshotKey = new byte[32]));
            builder.Services.AddCircuitBreakers();
            using var host = builder.Build();
            await host.StartAsync();
            var breakers = host.Services.GetRequiredService<ICircuitBreakerManager>();
            var pipeline = new ResiliencePipelineBuilder().AddClusterCircuitBreaker("billing", breakers).Build();
            var queries = host.Services.GetRequiredService<IBreakerClusterQueries>();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (breakers.Get("billing").Mode != BreakerMode.Connected)
            {
                await Task.Delay(50, limit.Token);
            }

            for (var failure = 0; failure < 5; failure++)
            {
                try
                {
                    pipeline.Execute(() => throw new IOException("down"));
                }
                catch (IOException)
                {
                }
            }

            while ((await queries.GetAsync("billing", limit.Token))?.State != BreakerState.Open || breakers.Get("billing").Snapshot.State != BreakerState.Open)
            {
                await Task.Delay(50, limit.Token);
            }

            try
            {
                pipeline.Execute(() => { });
            }
            catch (CircuitOpenException exception)
            {
                Console.WriteLine($"rejected: {exception.Message}");
            }

            await host.StopAsync();
            """, ("TaskerCore.Orleans.Grains", PackageFeed.Version), ("TaskerCore.Orleans.Client.Polly", PackageFeed.Version));
        await Dotnet.RunAsync(folder.Path, "build", "-c", "Release", "-o", "out", "-v", "quiet", "-nologo");

        Assert.Contains("rejected: The circuit 'billing' is open", await Dotnet.RunAsync(folder.Path, Path.Combine("out", "Silo.dll")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tool_is_installed_and_runs()
    {
        using var folder = new EmptyFolder();
        folder.Write("nuget.config", feed.NuGetConfig());

        await Dotnet.RunAsync(
            folder.Path, "tool", "install", "TaskerCore.Orleans.Cli", "--version", PackageFeed.Version, "--tool-path", "tools", "--configfile", "nuget.config");

        var folders = Directory.GetDirectories(Path.Combine(folder.Path, "tools", ".store", "taskercore.orleans.cli"));
        var assembly = Directory.EnumerateFiles(Assert.Single(folders), "TaskerCore.Orleans.Cli.dll", SearchOption.AllDirectories).Single();
        Assert.Contains("tasker-breakers", await Dotnet.RunAsync(folder.Path, assembly, "--help"), StringComparison.Ordinal);
    }
}
