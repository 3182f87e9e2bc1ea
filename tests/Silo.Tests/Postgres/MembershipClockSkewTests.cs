using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Hosting;
using TaskerCore.Orleans.Silo.Postgres;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Silo.Tests.Postgres;

/// <summary>C10: silos do not compare their clocks: how old a sign of life is says Postgres.</summary>
public sealed class MembershipClockSkewTests
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(-3600, 0)]
    [InlineData(3600, 0)]
    [InlineData(0, -3600)]
    [InlineData(1800, -1800)]
    public async Task A_sign_of_life_is_as_old_as_it_is_whatever_the_clocks_of_writer_and_reader_say(int writerAhead, int readerAhead)
    {
        await using var database = PostgresOptions.Open(await PostgresDatabase.CreateForTestAsync(), NullLoggerFactory.Instance);
        await new SchemaMigrator(database, NullLogger<SchemaMigrator>.Instance).MigrateAsync(CancellationToken.None);
        var (writes, reads) = (Clock(writerAhead), Clock(readerAhead));
        using var writer = Host(database, writes);
        using var reader = Host(database, reads);
        var (writing, reading) = (writer.Services.GetRequiredService<IMembershipTable>(), reader.Services.GetRequiredService<IMembershipTable>());
        await writing.InitializeMembershipTableAsync(true, CancellationToken.None);
        await reading.InitializeMembershipTableAsync(true, CancellationToken.None);
        var entry = Entry(writes);

        Assert.True(await writing.InsertRowAsync(entry, (await writing.ReadAllAsync(CancellationToken.None)).Version.Next(), CancellationToken.None));
        AssertFresh(await reading.ReadAllAsync(CancellationToken.None), reads);

        entry.IAmAliveTime = writes.GetUtcNow().UtcDateTime;
        await writing.UpdateIAmAliveAsync(entry, CancellationToken.None);
        AssertFresh(await reading.ReadRowAsync(entry.SiloAddress, CancellationToken.None), reads);

        // One that is read and written back keeps its age.
        var (row, etag) = (await reading.ReadAllAsync(CancellationToken.None)).Members.Single();
        row.Status = SiloStatus.Dead;
        Assert.True(await reading.UpdateRowAsync(row, etag, (await reading.ReadAllAsync(CancellationToken.None)).Version.Next(), CancellationToken.None));
        AssertFresh(await writing.ReadAllAsync(CancellationToken.None), writes);

        // Nor is a row cleaned away because a clock is ahead.
        await reading.CleanupDefunctSiloEntriesAsync(reads.GetUtcNow() - TimeSpan.FromMinutes(5), CancellationToken.None);
        Assert.Single((await reading.ReadAllAsync(CancellationToken.None)).Members);
        await reading.CleanupDefunctSiloEntriesAsync(reads.GetUtcNow() + TimeSpan.FromMinutes(5), CancellationToken.None);
        Assert.Empty((await reading.ReadAllAsync(CancellationToken.None)).Members);
    }

    private static void AssertFresh(MembershipTableData table, TimeProvider reader)
    {
        var row = table.Members.Single().Item1;
        var now = reader.GetUtcNow().UtcDateTime;
        Assert.InRange(now - row.IAmAliveTime, -Tolerance, Tolerance);
        Assert.InRange(now - row.StartTime, -Tolerance, Tolerance);
    }

    private static FakeTimeProvider Clock(int secondsAhead) => new(TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(secondsAhead));

    private static MembershipEntry Entry(TimeProvider clock) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11111, 1),
        SiloName = "silo",
        HostName = "host",
        Status = SiloStatus.Active,
        ProxyPort = 30000,
        StartTime = clock.GetUtcNow().UtcDateTime,
        IAmAliveTime = clock.GetUtcNow().UtcDateTime,
    };

    private static IHost Host(SiloDatabase database, TimeProvider clock)
    {
        var settings = new SiloSettings();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(silo => silo.UseCommon(settings, settings.Resolve()).UsePostgres(database, clock));
        return builder.Build();
    }
}
