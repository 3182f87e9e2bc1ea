using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TaskerCore.Orleans.Client.Tests.Options;

public sealed class CircuitBreakerClientOptionsTests
{
    [Fact]
    public void Defaults_are_valid_and_know_the_pgmq_preset()
    {
        var options = new CircuitBreakerClientOptions();

        Assert.Empty(CircuitBreakerClientOptionsValidator.Faults(options));
        var pgmq = options.LocalConfiguration.PolicyFor("pgmq/orders").Settings;
        Assert.Equal((3, TimeSpan.FromSeconds(15), 2), (pgmq.FailureThreshold, pgmq.OpenDuration, pgmq.SuccessThreshold));
        Assert.Equal(("taskercore", "taskercore"), (options.ClusterId, options.ServiceId));
    }

    [Fact]
    public void Each_wrong_option_is_refused_by_name_with_what_is_allowed()
    {
        Refused(options => options.RenewalInterval = TimeSpan.FromMilliseconds(99), "RenewalInterval must be 0.1-60 seconds");
        Refused(options => options.FlushInterval = TimeSpan.FromSeconds(61), "FlushInterval must be 0.1-60 seconds");
        Refused(options => options.StopTimeout = TimeSpan.FromSeconds(-1), "StopTimeout must be 0-60 seconds");
        Refused(options => options.WorkerName = " ", "WorkerName must have 1-128 characters");
        Refused(options => options.Gateways.Add("silo:x"), "'silo:x' is not a gateway");
        Refused(
            options => options.Tls = new() { CertificatePath = "worker.crt", KeyPath = "worker.key" },
            "CircuitBreakerClientOptions.Tls.CaPath is not set: CertificatePath, KeyPath and CaPath must be set together");
        Refused(options => options.Tls = new(), "Tls.CertificatePath and CircuitBreakerClientOptions.Tls.KeyPath and CircuitBreakerClientOptions.Tls.CaPath are not set");
        Refused(options => options.OrleansLogLevel = (Microsoft.Extensions.Logging.LogLevel)9, "OrleansLogLevel must be one of Trace, Debug");
        Refused(options => options.Classifiers["a b"] = OutcomeClassifier.Default, "U+0020 at position 2");
    }

    [Fact]
    public void Without_a_way_to_the_cluster_the_first_use_says_what_to_add()
    {
        using var provider = new ServiceCollection().AddCircuitBreakers().BuildServiceProvider();

        var fault = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<ICircuitBreakerManager>);

        Assert.Contains("o.Gateways.Add(\"silo-1:30000\")", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tls_without_gateways_is_refused_at_the_first_use_because_a_later_call_may_add_them()
    {
        using var provider = new ServiceCollection()
            .AddCircuitBreakers(options => options.Tls = new() { CertificatePath = "c", KeyPath = "k", CaPath = "a" })
            .BuildServiceProvider();

        var fault = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<ICircuitBreakerManager>);

        Assert.Contains("Tls is for Gateways, and there are none", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hosts_start_names_all_faults_at_once()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddCircuitBreakers(options => options.WorkerName = " ").AddCircuitBreakers(options => options.StopTimeout = TimeSpan.FromDays(1));
        using var host = builder.Build();

        var faults = (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())).Failures.ToArray();

        Assert.Equal(3, faults.Length);
        Assert.Contains("CircuitBreakerClientOptions.StopTimeout must be 0-60 seconds; it is 86400.", faults[0], StringComparison.Ordinal);
        Assert.Contains("CircuitBreakerClientOptions.WorkerName must have 1-128 characters", faults[1], StringComparison.Ordinal);
        Assert.Contains("CircuitBreakerClientOptions.Gateways is empty", faults[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_of_the_configuration_is_bound_and_composes_with_code()
    {
        var configuration = Settings(
            ("Breakers:Gateways:0", "silo-1:30000"),
            ("Breakers:Gateways:1", "silo-2"),
            ("Breakers:ClusterId", "prod"),
            ("Breakers:WorkerName", "bound"),
            ("Breakers:RenewalInterval", "00:00:03"),
            ("Breakers:OrleansLogLevel", "Warning"),
            ("Breakers:Tls:CertificatePath", "w.crt"),
            ("Breakers:Tls:KeyPath", "w.key"),
            ("Breakers:Tls:CaPath", "ca.crt"));
        using var provider = new ServiceCollection()
            .AddCircuitBreakers(configuration.GetSection("Breakers"))
            .AddCircuitBreakers(options => options.WorkerName = "code")
            .BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<CircuitBreakerClientOptions>>().Value;

        Assert.Equal(["silo-1:30000", "silo-2"], options.Gateways);
        Assert.Equal(("prod", "code", TimeSpan.FromSeconds(3)), (options.ClusterId, options.WorkerName, options.RenewalInterval));
        Assert.Equal((Microsoft.Extensions.Logging.LogLevel.Warning, "ca.crt"), (options.OrleansLogLevel, options.Tls!.CaPath));
    }

    [Fact]
    public void BindConfiguration_and_PostConfigure_work_as_with_any_options()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(Settings(("Breakers:Gateways:0", "silo-1:30000"), ("Breakers:FlushInterval", "00:00:09")));
        services.AddCircuitBreakers();
        services.AddOptions<CircuitBreakerClientOptions>().BindConfiguration("Breakers").PostConfigure(options => options.ServiceId = "after");
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<CircuitBreakerClientOptions>>().Value;

        Assert.Equal(("silo-1:30000", TimeSpan.FromSeconds(9), "after"), (options.Gateways[0], options.FlushInterval, options.ServiceId));
    }

    [Fact]
    public void Several_calls_add_up_in_their_order_and_gateways_of_either_are_enough()
    {
        var services = new ServiceCollection();
        services.AddCircuitBreakers(options =>
        {
            options.ClusterId = "prod";
            options.WorkerName = "first";
            options.Classifiers["billing"] = OutcomeClassifier.Default.OnException(_ => OutcomeKind.Ignored);
        });
        services.AddCircuitBreakers(options =>
        {
            options.Gateways.Add("127.0.0.1:1");
            options.WorkerName = "second";
            options.Classifiers["stock"] = OutcomeClassifier.Default;
        });
        services.AddCircuitBreakers();
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<CircuitBreakerClientOptions>>().Value;
        Assert.Equal(("prod", "second", 1), (options.ClusterId, options.WorkerName, options.Gateways.Count));
        Assert.Equal(["billing", "stock"], options.Classifiers.Keys.Order());
        Assert.Single(provider.GetServices<ICircuitBreakerManager>());
        Assert.Single(provider.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<CircuitBreakerService>());
        var billing = provider.GetRequiredService<ICircuitBreakerManager>().Get("billing");
        for (var call = 0; call < 5; call++)
        {
            Assert.Throws<IOException>(() => billing.Execute(() => throw new IOException()));
        }

        Assert.Equal(BreakerState.Closed, billing.Snapshot.State);
    }

    [Fact]
    public async Task S19_the_manager_gives_one_breaker_per_name_without_any_io_and_refuses_bad_names()
    {
        await using var provider = new ServiceCollection()
            .AddCircuitBreakers(options =>
            {
                options.Gateways.Add("127.0.0.1:1");
                options.LocalConfiguration = new CircuitBreakerConfiguration { Default = new BreakerSettings { FailureThreshold = 1 } };
                options.Classifiers["judged"] = OutcomeClassifier.Default.OnException(_ => OutcomeKind.Ignored);
            })
            .BuildServiceProvider();
        var manager = provider.GetRequiredService<ICircuitBreakerManager>();

        var breaker = manager.Get("orders");

        Assert.Same(breaker, manager.Get("orders"));
        Assert.Equal((BreakerMode.Starting, 1), (breaker.Mode, breaker.Snapshot.Policy.Settings.FailureThreshold));
        Assert.Throws<ArgumentException>(() => manager.Get("no spaces"));
        Assert.Throws<IOException>(() => manager.Get("judged").Execute(() => throw new IOException()));
        Assert.Equal(BreakerState.Closed, manager.Get("judged").Snapshot.State);
        Assert.Throws<IOException>(() => breaker.Execute(() => throw new IOException()));
        Assert.Equal(BreakerState.Open, breaker.Snapshot.State);
        Assert.Equal(["judged", "orders"], manager.Breakers.Select(known => known.Component));
    }

    private static void Refused(Action<CircuitBreakerClientOptions> configure, string message)
    {
        using var provider = new ServiceCollection()
            .AddCircuitBreakers(options => options.Gateways.Add("127.0.0.1:1"))
            .AddCircuitBreakers(configure)
            .BuildServiceProvider();

        Assert.Contains(
            message,
            Assert.Single(Assert.Throws<OptionsValidationException>(provider.GetRequiredService<ICircuitBreakerManager>).Failures),
            StringComparison.Ordinal);
    }

    private static IConfigurationRoot Settings(params (string Key, string? Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(one => KeyValuePair.Create(one.Key, one.Value)))
        .Build();
}
