using System.Net.Sockets;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>A PgBouncer of our own on loopback, before a Postgres server; gone when disposed, or when this process ends.</summary>
public sealed class PrivateBouncer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly string _folder;
    private readonly ManagedProcess _process;

    private PrivateBouncer(string folder, ManagedProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    /// <summary>The port on loopback.</summary>
    public int Port { get; }

    /// <summary>Starts one.</summary>
    /// <param name="server">The server's port on loopback.</param>
    /// <param name="mode">PgBouncer's <c>pool_mode</c>: <c>session</c>, <c>transaction</c> or <c>statement</c>.</param>
    /// <param name="roles">The roles that may connect, without a password.</param>
    /// <param name="settings">More lines of its section <c>[pgbouncer]</c>.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message has its log.</exception>
    public static async Task<PrivateBouncer> StartAsync(int server, string mode, IEnumerable<string> roles, params IEnumerable<string> settings)
    {
        var folder = Directory.CreateTempSubdirectory("taskercore-pgbouncer-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        Watchdog.Remove(folder);
        var port = FreePort.Next();
        await File.WriteAllLinesAsync(Path.Combine(folder, "users"), roles.Select(role => $"\"{role}\" \"\""));
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "pgbouncer.ini"),
            [
                "[databases]", $"* = host=127.0.0.1 port={server}",
                "[pgbouncer]", "listen_addr = 127.0.0.1", $"listen_port = {port}", "unix_socket_dir =", "auth_type = trust", "auth_file = users",
                $"pool_mode = {mode}", .. settings,
            ]);
        var root = Repository.Path(".cache", "pgbouncer");
        string[] command = [Path.Combine(root, "usr", "sbin", "pgbouncer"), "pgbouncer.ini"];
        var process = ManagedProcess.Start(
            "pgbouncer",
            // As Postgres, it refuses to run as root.
            Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. command] : command,
            folder,
            new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = string.Join(':', Directory.GetDirectories(Path.Combine(root, "usr", "lib"), "*-linux-*")) });
        var bouncer = new PrivateBouncer(folder, process, port);
        try
        {
            await Waiting.UntilAsync(bouncer.ListensAsync, () => process.Recent, Limit);
            return bouncer;
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> ListensAsync()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"PgBouncer ended with {_process.ExitCode}: {_process.Recent}");
        }

        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            // Not yet.
            return false;
        }
    }
}
