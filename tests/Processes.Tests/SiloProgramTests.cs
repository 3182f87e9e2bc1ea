using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Processes.Tests;

/// <summary>However a silo's process ends, it ends in order: the documented exit code, one message, no unhandled exception.</summary>
public sealed class SiloProgramTests
{
    private const int Moments = 50;
    private const int AtOnce = 4;
    // The signal that the process takes over last. The runtime itself handles SIGTERM earlier, by ending the process.
    private const int LastHandled = 1;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string[] Disorder = ["Unhandled exception", "stopped with an error", "crit:", "Exception during Silo.Start"];

    [Fact]
    public async Task A_signal_at_any_moment_of_the_start_ends_a_silo_with_0_and_without_an_error()
    {
        var random = new Random(20_261);
        var whole = await StartTimeAsync();
        (int Number, TimeSpan After, string Signal, int Times)[] moments =
        [
            .. Enumerable.Range(0, Moments).Select(number => (
                number, whole * 1.2 * random.NextDouble(), random.Next(3) == 0 ? Signals.Interrupt : "TERM", random.Next(3) == 0 ? 3 : 1)),
        ];

        var ends = new List<string>();
        await Parallel.ForEachAsync(
            moments,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (moment, cancellationToken) =>
            {
                await using var silo = SiloProcess.Start($"silo-{moment.Number}", postgres: null);

                // Before its first statement the system's default holds for any process.
                await Until.TrueAsync(() => silo.Process.Handles(LastHandled), () => silo.Process.Recent);
                await Task.Delay(moment.After, cancellationToken);
                for (var time = 0; time < moment.Times; time++)
                {
                    silo.Process.Signal(moment.Signal);
                }

                var code = await silo.Process.EndAsync(Limit, cancellationToken);
                if (code != 0 || Disorder.Any(word => silo.Process.Recent.Contains(word, StringComparison.Ordinal)))
                {
                    lock (ends)
                    {
                        ends.Add($"{moment}: exit code {code}\n{silo.Process.Recent}");
                    }
                }
            });

        Assert.True(ends.Count == 0, string.Join("\n\n", ends));
    }

    [Fact]
    public async Task A_signal_ends_a_silo_that_waits_for_Postgres_with_0()
    {
        using var hangs = new TcpListener(IPAddress.Loopback, 0);
        hangs.Start();
        foreach (var port in new[] { 1, ((IPEndPoint)hangs.LocalEndpoint).Port })
        {
            await using var silo = SiloProcess.Start("waits", $"Host=127.0.0.1;Port={port};Username=u;Database=d");
            await Until.TrueAsync(async () => (await silo.ReadinessAsync()).Status == HttpStatusCode.ServiceUnavailable, () => silo.Process.Recent);

            silo.Process.Signal("TERM");

            Assert.Equal(0, await silo.Process.EndAsync(Limit));
            Assert.DoesNotContain("   at ", silo.Process.Recent, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Silo:SiloPort")]
    [InlineData("Silo:GatewayPort")]
    public async Task A_silo_whose_port_is_taken_ends_with_1_and_one_line_that_names_the_setting_each_time(string setting)
    {
        await using var first = SiloProcess.Start("first", postgres: null);
        await first.ReadyAsync();
        var taken = setting == "Silo:SiloPort" ? first.SiloPort : first.GatewayPort;

        await Parallel.ForEachAsync(Enumerable.Range(0, 12), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellationToken) =>
        {
            await using var second = SiloProcess.Start($"second-{number}", postgres: null, [(setting, $"{taken}")]);

            var code = await second.Process.EndAsync(Limit, cancellationToken);
            AssertOneLine(second.Process.Recent, $"The silo cannot run: {setting} is {taken}, but another process");
            Assert.Equal(1, code);
        });
    }

    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1:{0}")]
    [InlineData("127.0.0.1", "http://0.0.0.0:{0}")]
    [InlineData("127.0.0.1", "http://*:{0}")]
    [InlineData("127.0.0.1", "http://localhost:{0}")]
    [InlineData("0.0.0.0", "http://127.0.0.1:{0}")]
    [InlineData("::", "http://127.0.0.1:{0}")]
    public async Task An_HTTP_port_that_is_taken_on_a_fitting_address_ends_a_silo_with_2_before_it_joins(string takenOn, string urls)
    {
        using var taken = Listen(takenOn);
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        await using var silo = SiloProcess.Start("silo", postgres: null, [("urls", string.Format(System.Globalization.CultureInfo.InvariantCulture, urls, port))]);

        Assert.Equal(2, await silo.Process.EndAsync(Limit));

        AssertOneLine(silo.Process.Recent, "The HTTP API cannot listen: ");
        Assert.DoesNotContain("The silo serves", silo.Process.Recent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Silo:ListenAddress", "192.0.2.1", 1, "Set Silo:ListenAddress and Silo:SiloPort")]
    [InlineData("Silo:ListenAddress", "no-such-host.invalid", 2, "Silo:ListenAddress is 'no-such-host.invalid'")]
    [InlineData("Silo:SiloPort", "many", 2, "'Silo:SiloPort'")]
    [InlineData("Silo:ClusterId", " ", 2, "Silo:ClusterId and Silo:ServiceId must not be empty")]
    [InlineData("Silo:SnapshotKey", "c2hvcnQ=", 2, "Silo:SnapshotKey must be base64 of at least 16 bytes")]
    [InlineData("Silo:SecretsPath", "/no/such/folder", 2, "Silo:SecretsPath is '/no/such/folder'")]
    [InlineData("Silo:Tls:CertificatePath", "/", 2, "Silo:Tls:")]
    [InlineData("CircuitBreakers:ConfigPath", "/", 2, "the file cannot be read")]
    [InlineData("Api:OperatorKeys:anna", "short", 2, "Api:OperatorKeys:anna must have at least 16 ASCII characters")]
    [InlineData("urls", "nonsense", 2, "Urls is invalid")]
    [InlineData("urls", "http://127.0.0.1:99999", 2, "Urls is invalid")]
    [InlineData("urls", "http://192.0.2.1:8080", 2, "Set Urls to another address")]
    [InlineData("Kestrel:Certificates:Default:Path", "/", 2, "cannot be read")]
    [InlineData("Logging:LogLevel:Default", "Loud", 2, "The logging settings are invalid")]
    [InlineData("ConnectionStrings:Postgres", "nonsense", 2, "ConnectionStrings:Postgres is not a connection string")]
    public async Task A_silo_with_a_setting_that_cannot_work_ends_with_its_exit_code_and_one_line(string key, string value, int code, string says)
    {
        var port = FreePort.Next();
        (string, string)[] more = key.StartsWith("Kestrel:", StringComparison.Ordinal) ? [("urls", $"https://127.0.0.1:{port}")] : [];
        await using var silo = SiloProcess.Start("silo", postgres: null, [.. more, (key, value)]);

        Assert.Equal(code, await silo.Process.EndAsync(Limit));

        AssertOneLine(silo.Process.Recent, says);
    }

    /// <summary>How long a start takes here, with as many at once as the test has.</summary>
    private static async Task<TimeSpan> StartTimeAsync()
    {
        var since = Stopwatch.GetTimestamp();
        SiloProcess[] silos = [.. Enumerable.Range(0, AtOnce).Select(number => SiloProcess.Start($"measured-{number}", postgres: null))];
        await Task.WhenAll(silos.Select(silo => silo.ReadyAsync()));
        var whole = Stopwatch.GetElapsedTime(since);
        foreach (var silo in silos)
        {
            await silo.DisposeAsync();
        }

        return whole;
    }

    private static Socket Listen(string address)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(address), FreePort.Next());
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endpoint.Address.Equals(IPAddress.IPv6Any))
        {
            socket.DualMode = true;
        }

        socket.Bind(endpoint);
        socket.Listen();
        return socket;
    }

    private static void AssertOneLine(string output, string says)
    {
        Assert.Single(output.Split('\n'), line => line.Contains(says, StringComparison.Ordinal));
        Assert.DoesNotContain("Unhandled exception", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }
}
