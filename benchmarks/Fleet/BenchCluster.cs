using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Benchmarks.Fleet;

/// <summary>Silos in processes of their own, over a Postgres server of their own. Gone when disposed.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private readonly PrivatePostgres _postgres;
    private readonly string _database;
    private readonly List<SiloProcess> _silos = [];
    private int _started;

    private BenchCluster(PrivatePostgres postgres, string database)
    {
        _postgres = postgres;
        _database = database;
    }

    /// <summary>The key that only silos have.</summary>
    public byte[] SiloKey { get; } = RandomNumberGenerator.GetBytes(32);

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public IReadOnlyList<string> Gateways => [.. _silos.Select(silo => $"127.0.0.1:{silo.GatewayPort}")];

    public static async Task<BenchCluster> StartAsync(int silos, CancellationToken cancellationToken)
    {
        var postgres = await PrivatePostgres.StartAsync(cancellationToken);
        BenchCluster? cluster = null;
        try
        {
            cluster = new BenchCluster(postgres, await postgres.CreateDatabaseAsync(cancellationToken: cancellationToken));
            for (var number = 0; number < silos; number++)
            {
                cluster.StartSilo();
            }

            await Task.WhenAll(cluster._silos.Select(silo => silo.ReadyAsync(cancellationToken)));
            return cluster;
        }
        catch
        {
            await (cluster?.DisposeAsync() ?? postgres.DisposeAsync());
            throw;
        }
    }

    /// <summary>Starts one silo more, without waiting until it is ready.</summary>
    public SiloProcess StartSilo()
    {
        var silo = SiloProcess.Start(
            $"silo-{++_started}",
            _postgres.ConnectionString(_database),
            [
                ("CircuitBreakers:ConfigPath", Path.Combine(AppContext.BaseDirectory, "config", "benchmarks.yaml")),
                ("Logging:LogLevel:Default", "Warning"),
                ("Silo:SnapshotKey", Convert.ToBase64String(SiloKey)),
            ],
            program: [typeof(BenchCluster).Assembly.Location, SiloProgram.Command]);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>Gives an operator's command to a breaker.</summary>
    /// <param name="component">The breaker's component.</param>
    /// <param name="command">As the API names it: <c>force-closed</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It was refused; the message has the answer.</exception>
    public async Task CommandAsync(string component, string command, CancellationToken cancellationToken)
    {
        var create = command.StartsWith("force-", StringComparison.Ordinal) ? ", \"create\": true" : string.Empty;
        var (status, body) = await _silos[0].PostAsync(
            $"/api/breakers/{component}/{command}", $$"""{"reason": "to be measured", "actor": "benchmarks"{{create}}}""", cancellationToken);
        if (status != System.Net.HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{command} of {component} was answered with {status}: {body.ToJsonString()}");
        }
    }

    /// <summary>Stops a silo, as a deployment does.</summary>
    public async Task StopAsync(SiloProcess silo)
    {
        await silo.Process.StopAsync(TimeSpan.FromSeconds(30));
        await silo.DisposeAsync();
        _silos.Remove(silo);
    }

    /// <summary>Kills a silo as kill -9 does.</summary>
    public async Task KillAsync(SiloProcess silo)
    {
        await silo.Process.KillAsync();
        await silo.DisposeAsync();
        _silos.Remove(silo);
    }

    /// <summary>The processor time that the silos have used until now.</summary>
    public TimeSpan ProcessorTime() => _silos.Aggregate(TimeSpan.Zero, (sum, silo) => sum + Of(silo, process => process.TotalProcessorTime));

    /// <summary>Waits until the silos have done what is to be done: new breakers are stored, and looked at once more.</summary>
    /// <exception cref="TimeoutException">They are still busy after two minutes.</exception>
    public async Task SettledAsync(CancellationToken cancellationToken)
    {
        const double busy = 0.1;
        const int quietSeconds = 3;
        var begin = Stopwatch.GetTimestamp();
        for (var quiet = 0; quiet < quietSeconds;)
        {
            if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromMinutes(2))
            {
                throw new TimeoutException("The silos are still busy after two minutes.");
            }

            var before = ProcessorTime();
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            quiet = (ProcessorTime() - before).TotalSeconds < busy ? quiet + 1 : 0;
        }
    }

    /// <summary>The memory that the silos have in use, as the operating system counts it.</summary>
    public long ResidentBytes() => _silos.Sum(silo => Of(silo, process => process.WorkingSet64));

    /// <summary>The bytes that have gone over loopback until now, whoever sent them.</summary>
    public static long LoopbackBytes()
    {
        var line = File.ReadLines("/proc/net/dev").Single(line => line.TrimStart().StartsWith("lo:", StringComparison.Ordinal));
        return long.Parse(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_silos.Select(silo => silo.DisposeAsync().AsTask()));
        await _postgres.DisposeAsync();
    }

    private static T Of<T>(SiloProcess silo, Func<Process, T> read)
    {
        using var process = Process.GetProcessById(silo.Process.Id);
        return read(process);
    }
}
