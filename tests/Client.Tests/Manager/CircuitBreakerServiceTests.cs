using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Manager;

/// <summary>Start, stop and disposal in any order: nothing worse than information is logged, and nothing goes on afterwards.</summary>
public sealed class CircuitBreakerServiceTests : IDisposable
{
    private readonly LogLines _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task C8_a_worker_that_reaches_no_silo_is_protected_by_its_own_rules()
    {
        using var host = Host("127.0.0.1:1");
        await host.StartAsync(TestContext.Current.CancellationToken);
        var breaker = host.Services.GetRequiredService<ICircuitBreakerManager>().Get("pgmq");
        Assert.Equal(BreakerMode.Starting, breaker.Mode);
        for (var failure = 0; failure < 3; failure++)
        {
            breaker.Fail();
        }

        Assert.Throws<CircuitOpenException>(() => breaker.Succeed());
        await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => host.Services.GetRequiredService<IBreakerClusterQueries>().ListAsync(cancellationToken: TestContext.Current.CancellationToken));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_stop_before_any_silo_was_reached_logs_nothing_worse_than_information()
    {
        using var host = Host("127.0.0.1:1");
        await host.StartAsync();
        await host.StopAsync();

        AssertQuiet();
    }

    [Fact]
    public async Task A_stop_while_a_gateway_accepts_and_never_answers_ends_within_its_limit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var host = Host($"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        await host.StartAsync();
        using var connection = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var begin = Stopwatch.GetTimestamp();
        await host.StopAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(begin).TotalSeconds, 0, 10);
        AssertQuiet();
    }

    [Fact]
    public async Task A_host_that_is_stopped_twice_and_disposed_both_ways_stops_once()
    {
        var host = Host("127.0.0.1:1");
        await host.StartAsync();
        await host.StopAsync();
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        host.Dispose();

        AssertQuiet();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_that_is_disposed_without_a_stop_looks_for_the_cluster_no_more(bool asynchronously)
    {
        using var attempts = new Attempts();
        var host = Host($"127.0.0.1:{attempts.Port}");
        await host.StartAsync();
        await attempts.NextAsync();
        await DisposeAsync(host, asynchronously);

        // Three times the pause between attempts, after what was under way at the disposal has ended.
        await attempts.UntilQuietAsync(TimeSpan.FromSeconds(1.5));
        AssertQuiet();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_whose_start_fails_or_never_came_is_disposed_without_a_word(bool asynchronously)
    {
        var builder = Builder("127.0.0.1:1");
        builder.Services.AddHostedService<NeverStarts>();
        var failing = builder.Build();
        await Assert.ThrowsAsync<NotSupportedException>(() => failing.StartAsync());
        await DisposeAsync(failing, asynchronously);

        var unstarted = Host("127.0.0.1:1");
        unstarted.Services.GetRequiredService<ICircuitBreakerManager>().Get("orders");
        await DisposeAsync(unstarted, asynchronously);

        AssertQuiet(except: "NeverStarts");
    }

    [Fact]
    public async Task A_stop_during_the_start_logs_nothing_worse_than_information()
    {
        var builder = Builder("127.0.0.1:1");
        builder.Services.AddHostedService<StopsAtOnce>();
        using var host = builder.Build();
        await host.StartAsync();
        await host.WaitForShutdownAsync();

        AssertQuiet();
    }

    [Fact]
    public async Task The_process_keeps_its_folder_culture_and_threads()
    {
        var before = Process();
        using var host = Host("127.0.0.1:1");
        await host.StartAsync();
        var during = Process();
        await host.StopAsync();

        Assert.Equal(before, during);

        static (string, string, string?, (int, int), (int, int)) Process()
        {
            ThreadPool.GetMinThreads(out var minWorkers, out var minPorts);
            ThreadPool.GetMaxThreads(out var maxWorkers, out var maxPorts);
            return (Environment.CurrentDirectory, System.Globalization.CultureInfo.CurrentCulture.Name, System.Globalization.CultureInfo.DefaultThreadCurrentCulture?.Name, (minWorkers, minPorts), (maxWorkers, maxPorts));
        }
    }

    private IHost Host(string gateway) => Builder(gateway).Build();

    private HostApplicationBuilder Builder(string gateway)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddProvider(_log);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddCircuitBreakers(options => options.Gateways.Add(gateway));
        return builder;
    }

    private void AssertQuiet(string? except = null) => Assert.DoesNotContain(
        _log.All,
        line => (except is null || !line.Contains(except, StringComparison.Ordinal))
            && (!line.StartsWith("Information ", StringComparison.Ordinal) || line.Contains("   at ", StringComparison.Ordinal)));

    private static async Task DisposeAsync(IHost host, bool asynchronously)
    {
        if (asynchronously)
        {
            await ((IAsyncDisposable)host).DisposeAsync();
        }
        else
        {
            host.Dispose();
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class NeverStarts : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new NotSupportedException(nameof(NeverStarts));

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class StopsAtOnce(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>A gateway that ends each connection at once, and counts them.</summary>
    private sealed class Attempts : IDisposable
    {
        private readonly SemaphoreSlim _seen = new(0);
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Attempts()
        {
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _ = AcceptAsync();
        }

        public int Port { get; }

        public void Dispose()
        {
            _listener.Dispose();
            _seen.Dispose();
        }

        public async Task NextAsync() => Assert.True(await _seen.WaitAsync(TimeSpan.FromSeconds(20)));

        /// <summary>Waits until no connection has come for so long, or fails.</summary>
        public async Task UntilQuietAsync(TimeSpan pause)
        {
            for (var attempt = 0; attempt < 10; attempt++)
            {
                if (!await _seen.WaitAsync(pause))
                {
                    return;
                }
            }

            Assert.Fail("It still looks for the cluster.");
        }

        private async Task AcceptAsync()
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                _seen.Release();
            }
        }
    }
}
