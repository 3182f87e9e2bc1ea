using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace TaskerCore.Orleans.Client.Pgmq.Tests;

/// <summary>How pgmq clients are registered: one or several, each with options and a data source of its own.</summary>
public sealed class RegistrationTests : IDisposable
{
    private const string First = "Host=127.0.0.1;Database=first;Username=worker;Password=hidden";
    private static readonly string Second = First.Replace("first", "second", StringComparison.Ordinal);

    private readonly TcpListener _right = Listener();
    private readonly TcpListener _wrong = Listener();

    public void Dispose()
    {
        _right.Dispose();
        _wrong.Dispose();
    }

    [Fact]
    public void Several_calls_compose_in_their_order()
    {
        var services = Services();
        services.AddProtectedPgmq(configure: options => options.ConflictTries = 7);
        services.AddProtectedPgmq(First, options => options.CommandTimeout = TimeSpan.FromSeconds(9));
        services.AddProtectedPgmq("Database=first;Host=127.0.0.1;Username=worker;Password=hidden", options => options.Scope = PgmqBreakerScope.PerQueue);
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<ProtectedPgmqOptions>>().Value;

        Assert.Equal((7, TimeSpan.FromSeconds(9), PgmqBreakerScope.PerQueue), (options.ConflictTries, options.CommandTimeout, options.Scope));
        Assert.Same(provider.GetServices<ProtectedPgmqClient>().Single(), provider.GetServices<IProtectedPgmqClient>().Single());
    }

    [Fact]
    public void Two_databases_without_keys_are_refused_by_name_with_the_remedy_and_without_a_secret()
    {
        var services = Services().AddProtectedPgmq(First);

        var fault = Assert.Throws<InvalidOperationException>(() => services.AddProtectedPgmq(Second));

        Assert.Contains("Database=first", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Database=second", fault.Message, StringComparison.Ordinal);
        Assert.Contains("AddKeyedProtectedPgmq(\"second\", connectionString)", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keyed_clients_have_options_and_databases_of_their_own()
    {
        var services = Services()
            .AddProtectedPgmq(To(_wrong))
            .AddKeyedProtectedPgmq("archive", To(_right), options => options.Scope = PgmqBreakerScope.PerQueue)
            .AddKeyedProtectedPgmq("archive", configure: options => options.ConflictTries = 1);
        await using var provider = services.BuildServiceProvider();

        var archive = provider.GetRequiredKeyedService<IProtectedPgmqClient>("archive");

        Assert.NotSame(provider.GetRequiredService<IProtectedPgmqClient>(), archive);
        Assert.Same(provider.GetRequiredKeyedService<ProtectedPgmqClient>("archive"), archive);
        Assert.Equal(("pgmq", "pgmq/orders"), (provider.GetRequiredService<IProtectedPgmqClient>().BreakerOf("orders").Component, archive.BreakerOf("orders").Component));
        Assert.Equal(1, provider.GetRequiredService<IOptionsMonitor<ProtectedPgmqOptions>>().Get("archive").ConflictTries);
        await CallsAsync(archive, _right, _wrong);
    }

    [Theory]
    [InlineData("pgmq")]
    [InlineData(null)]
    public async Task A_client_uses_its_own_database_whatever_data_source_the_application_has(string? key)
    {
        var services = Services().AddProtectedPgmq(To(_right));
        if (key is null)
        {
            services.AddSingleton(_ => NpgsqlDataSource.Create(To(_wrong)));
        }
        else
        {
            services.AddKeyedSingleton(key, (_, _) => NpgsqlDataSource.Create(To(_wrong)));
        }

        await using var provider = services.BuildServiceProvider();

        await CallsAsync(provider.GetRequiredService<IProtectedPgmqClient>(), _right, _wrong);

        var applications = key is null ? provider.GetRequiredService<NpgsqlDataSource>() : provider.GetRequiredKeyedService<NpgsqlDataSource>(key);
        Assert.Equal(To(_wrong), applications.ConnectionString);
    }

    [Theory]
    [InlineData("archive")]
    [InlineData(null)]
    public async Task Without_a_connection_string_the_applications_data_source_is_used_under_the_same_key(string? key)
    {
        var services = Services();
        if (key is null)
        {
            services.AddProtectedPgmq().AddSingleton(_ => NpgsqlDataSource.Create(To(_right)));
        }
        else
        {
            services.AddKeyedProtectedPgmq(key).AddKeyedSingleton(key, (_, _) => NpgsqlDataSource.Create(To(_right)));
        }

        await using var provider = services.BuildServiceProvider();

        await CallsAsync(
            key is null ? provider.GetRequiredService<IProtectedPgmqClient>() : provider.GetRequiredKeyedService<IProtectedPgmqClient>(key), _right, _wrong);
    }

    [Fact]
    public void Options_are_bound_from_configuration_under_the_clients_key()
    {
        var services = Services();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Archive:ConnectionString"] = First,
                ["Archive:Scope"] = "PerQueue",
                ["Archive:CommandTimeout"] = "00:00:05",
            })
            .Build());
        services.AddKeyedProtectedPgmq("archive");
        services.AddOptions<ProtectedPgmqOptions>("archive").BindConfiguration("Archive");
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<ProtectedPgmqOptions>>().Get("archive");

        Assert.Equal((First, PgmqBreakerScope.PerQueue, TimeSpan.FromSeconds(5)), (options.ConnectionString, options.Scope, options.CommandTimeout));
        Assert.Equal("pgmq/orders", provider.GetRequiredKeyedService<IProtectedPgmqClient>("archive").BreakerOf("orders").Component);
    }

    [Fact]
    public async Task The_hosts_start_names_all_faults_at_once_and_no_secret()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddCircuitBreakers(options => options.Gateways.Add("127.0.0.1:1"));
        builder.Services.AddProtectedPgmq(configure: options =>
            (options.ConnectionString, options.CommandTimeout, options.ConflictTries) = ("Hots=db;Password=hidden", TimeSpan.Zero, 11));
        using var host = builder.Build();

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(3, refused.Failures.Count());
        Assert.Contains("ProtectedPgmqOptions.ConnectionString is not a connection string of Npgsql", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ProtectedPgmqOptions.CommandTimeout must be 1-600 seconds; it is 0.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ProtectedPgmqOptions.ConflictTries must be 1-10; it is 11.", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scope_has_a_name_in_JSON() => Assert.Equal("\"per_queue\"", JsonSerializer.Serialize(PgmqBreakerScope.PerQueue));

    private static async Task CallsAsync(IProtectedPgmqClient client, TcpListener right, TcpListener wrong)
    {
        var called = right.AcceptTcpClientAsync();
        var listing = client.ListQueuesAsync();
        using (await called.WaitAsync(TimeSpan.FromSeconds(20)))
        {
            Assert.False(wrong.Pending());
        }

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => listing);
    }

    private static IServiceCollection Services() => new ServiceCollection().AddCircuitBreakers(options => options.Gateways.Add("127.0.0.1:1"));

    private static TcpListener Listener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static string To(TcpListener listener) =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Timeout = 2, SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable }.ConnectionString;
}
