using System.Net;
using System.Net.Sockets;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Processes.Tests;

/// <summary>The sample worker ends in order too: a signal is a stop at any moment, and what it cannot run with is one line.</summary>
public sealed class WorkerEndTests
{
    // The signal that the process takes over last. The runtime itself handles SIGTERM earlier, by ending the process.
    private const int LastHandled = 1;
    private const string Nowhere = "Host=127.0.0.1;Port=1;Username=u;Database=d";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_signal_while_it_starts_ends_the_worker_with_0()
    {
        var random = new Random(7);
        for (var time = 0; time < 6; time++)
        {
            await using var worker = Start($"worker-{time}", [$"--ConnectionStrings:Pgmq={Nowhere}", "--Gateways=127.0.0.1:1"]);
            await Until.TrueAsync(() => worker.Handles(LastHandled), () => worker.Recent);
            await Task.Delay(TimeSpan.FromSeconds(1.5 * random.NextDouble()), TestContext.Current.CancellationToken);

            worker.Signal("TERM");
            worker.Signal("INT");

            Assert.Equal(0, await worker.EndAsync(Limit));
            Assert.DoesNotContain("Unhandled exception", worker.Recent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_setting_or_a_port_that_cannot_work_ends_the_worker_with_its_exit_code_and_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, FreePort.Next());
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await EndsAsync(2, "Set ConnectionStrings:Pgmq", []);
        await EndsAsync(2, "The worker's settings are invalid", [$"--ConnectionStrings:Pgmq={Nowhere}", "--Http:Address=nowhere"]);
        await EndsAsync(1, "The worker cannot run: Failed to bind", [$"--ConnectionStrings:Pgmq={Nowhere}", "--Gateways=127.0.0.1:1", $"--Http:Port={port}"]);
    }

    private static async Task EndsAsync(int code, string says, string[] arguments)
    {
        await using var worker = Start("worker", arguments);

        Assert.Equal(code, await worker.EndAsync(Limit));
        Assert.Single(worker.Recent.Split('\n'), line => line.Contains(says, StringComparison.Ordinal));
        Assert.DoesNotContain("Unhandled exception", worker.Recent, StringComparison.Ordinal);
    }

    private static ManagedProcess Start(string name, string[] arguments) =>
        ManagedProcess.StartDotnet(name, Repository.Assembly("samples/PgmqWorker", "TaskerCore.Orleans.PgmqWorker"), arguments);
}
