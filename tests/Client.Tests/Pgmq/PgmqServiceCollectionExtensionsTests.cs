using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TaskerCore.Orleans.Client.Pgmq;

namespace TaskerCore.Orleans.Client.Tests.Pgmq;

/// <summary><c>AddProtectedPgmq</c>, once and twice for the same services.</summary>
public sealed class PgmqServiceCollectionExtensionsTests : IDisposable
{
    private const string First = "Host=127.0.0.1;Database=first;Username=worker;Password=hidden";

    private readonly TcpListener _right = Listener();
    private readonly TcpListener _wrong = Listener();

    public void Dispose()
    {
        _right.Dispose();
        _wrong.Dispose();
    }

    [Fact]
    public void AddProtectedPgmq_adds_its_options_up()
    {
        var services = Services();
        services.AddProtectedPgmq(configure: options => options.ConflictTries = 7);
        services.AddProtectedPgmq(First, options => options.CommandTimeout = TimeSpan.FromSeconds(9));
        services.AddProtectedPgmq("Database=first;Host=127.0.0.1;Username=worker;Password=hidden", options => options.Scope = PgmqBreakerScope.Shared);
        using var provider = services.BuildServiceProvider();

        var registration = provider.GetRequiredService<PgmqRegistration>();
        Assert.Equal((7, TimeSpan.FromSeconds(9), First), (registration.Options.ConflictTries, registration.Options.CommandTimeout, registration.ConnectionString));
        Assert.Single(provider.GetServices<ProtectedPgmqClient>());
    }

    [Fact]
    public void AddProtectedPgmq_for_two_databases_is_refused_by_name_and_without_a_secret()
    {
        var services = Services().AddProtectedPgmq(First);

        var fault = Assert.Throws<InvalidOperationException>(() => services.AddProtectedPgmq(First.Replace("first", "second", StringComparison.Ordinal)));

        Assert.Contains("Database=first", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Database=second", fault.Message, StringComparison.Ordinal);
        Assert.Contains("AddKeyedSingleton", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pgmq")]
    [InlineData(null)]
    public async Task AddProtectedPgmq_uses_its_own_database_whatever_data_source_the_application_has(string? key)
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
        var called = _right.AcceptTcpClientAsync();
        var listing = provider.GetRequiredService<ProtectedPgmqClient>().ListQueuesAsync();

        using (await called.WaitAsync(TimeSpan.FromSeconds(20)))
        {
            Assert.False(_wrong.Pending());
        }

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => listing);
        Assert.Equal(To(_wrong), (key is null ? provider.GetRequiredService<NpgsqlDataSource>() : provider.GetRequiredKeyedService<NpgsqlDataSource>(key)).ConnectionString);
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
