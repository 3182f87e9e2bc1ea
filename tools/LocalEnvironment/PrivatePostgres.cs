using System.Diagnostics;
using Npgsql;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>A Postgres server of our own on loopback, with pgmq where asked for; gone when disposed, or when this process ends.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private readonly string _folder;
    private bool _isRunning;
    private IReadOnlyList<int> _frozen = [];

    private PrivatePostgres(string folder, int port)
    {
        _folder = folder;
        Port = port;
    }

    /// <summary>The port on loopback; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>Makes a server and starts it.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message has its log.</exception>
    public static async Task<PrivatePostgres> StartAsync(CancellationToken cancellationToken = default)
    {
        var folder = Directory.CreateTempSubdirectory("taskercore-postgres-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        Watchdog.Remove(folder);
        var server = new PrivatePostgres(folder, FreePort.Next());
        try
        {
            await server.StartAgainAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby that follows this server, and starts it; <c>SELECT pg_promote()</c> makes it a primary.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message has its log.</exception>
    public async Task<PrivatePostgres> StartStandbyAsync(CancellationToken cancellationToken = default)
    {
        var folder = Directory.CreateTempSubdirectory("taskercore-postgres-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        Watchdog.Remove(folder);
        var standby = new PrivatePostgres(folder, FreePort.Next());
        try
        {
            await RunAsync(["standby", folder, $"{Port}"], CancellationToken.None);
            await standby.StartAgainAsync(cancellationToken);
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string of one of its databases.</summary>
    public string ConnectionString(string database, int? throughPort = null) =>
        $"Host=127.0.0.1;Port={throughPort ?? Port};Username=postgres;Database={database}";

    /// <summary>Makes a database, and gives its name.</summary>
    public async Task<string> CreateDatabaseAsync(bool withPgmq = false, CancellationToken cancellationToken = default)
    {
        var name = await PostgresDatabase.CreateAsync(ConnectionString("postgres"), cancellationToken);
        if (withPgmq)
        {
            await PostgresDatabase.AddPgmqAsync(ConnectionString(name), cancellationToken);
        }

        return name;
    }

    /// <summary>Stops it: with <paramref name="immediate"/> as a crash would.</summary>
    public async Task StopAsync(bool immediate = false, CancellationToken cancellationToken = default)
    {
        if (_isRunning)
        {
            Thaw();
            _isRunning = false;
            await RunAsync(["stop", _folder, immediate ? "immediate" : "fast"], cancellationToken);
        }
    }

    /// <summary>Starts it with the data that it had.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        // To its end whatever the token says: a script that is left alone would start a server that nobody knows of.
        await RunAsync(["start", _folder, $"{Port}"], CancellationToken.None);
        _isRunning = true;
        Watchdog.Guard(await ProcessIdAsync());
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Stops all its processes where they are (SIGSTOP): connections stay, and nothing answers, until <see cref="Thaw"/>.</summary>
    public async Task FreezeAsync()
    {
        // The parent first: it starts no process more while its children are looked for.
        var parent = await ProcessIdAsync();
        Signals.Send("STOP", parent);
        var children = await File.ReadAllTextAsync($"/proc/{parent}/task/{parent}/children");
        int[] all = [parent, .. children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)];

        // A backend that is stopped does not notice that its parent is gone.
        foreach (var child in all[1..])
        {
            Watchdog.Guard(child);
        }

        Signals.Send("STOP", all);
        _frozen = all;
    }

    /// <summary>Lets it go on where it was frozen.</summary>
    public void Thaw()
    {
        Signals.Send("CONT", [.. _frozen]);
        _frozen = [];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(immediate: true);
        Directory.Delete(_folder, recursive: true);
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private async Task<int> ProcessIdAsync() =>
        Number((await File.ReadAllLinesAsync(Path.Combine(_folder, "data", "postmaster.pid"), CancellationToken.None))[0]);

    private static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var script = Process.Start(new ProcessStartInfo(Repository.Path("eng", "postgres.sh"), arguments) { RedirectStandardError = true })!;
        var errors = await script.StandardError.ReadToEndAsync(cancellationToken);
        await script.WaitForExitAsync(cancellationToken);
        if (script.ExitCode != 0)
        {
            throw new InvalidOperationException($"eng/postgres.sh {string.Join(' ', arguments)} failed: {errors}");
        }
    }
}
