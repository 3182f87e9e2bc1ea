using System.Net.Security;
using System.Net.Sockets;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>Real silos whose ports speak TLS: who gets to them, and what becomes of a worker that does not.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Refused = "TLS: refused a connection from 127.0.0.1: ";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-tls-");
    private readonly PrivateAuthority _ca;

    public TlsTests() => _ca = new PrivateAuthority(_folder.FullName);

    public void Dispose()
    {
        _ca.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task C1_two_silos_and_two_workers_share_a_breaker_over_TLS()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var (first, second) = (await StartReadyAsync(rig, "first"), await StartReadyAsync(rig, "second"));
        var failing = await rig.StartWorkerAsync("failing", _ca.Issue("failing", CertificateOf.Worker), null, first.GatewayPort);
        var other = await rig.StartWorkerAsync("other", _ca.Issue("other", CertificateOf.Worker), null, second.GatewayPort);
        await failing.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await other.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);

        for (var failure = 0; failure < 3; failure++)
        {
            failing.Fail();
        }

        await other.UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
        Assert.Equal(BreakerMode.Connected, other.Breaker.Mode);
        Assert.DoesNotContain("TLS: refused", first.Process.Recent + second.Process.Recent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C8_a_worker_without_TLS_or_with_another_CAs_certificate_decides_for_itself_and_the_logs_say_why()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var silo = await StartReadyAsync(rig, "silo");
        using var otherCa = new PrivateAuthority(_folder.FullName, "other-ca");
        var stranger = otherCa.Issue("stranger", CertificateOf.Worker);
        stranger.CaPath = _ca.CaPath;

        var plain = await rig.StartWorkerAsync("plain", silo.GatewayPort);
        await SaysAsync(silo, Refused + "Cannot determine the frame size");
        await IsAloneAsync(plain);

        var log = new LogLines();
        var other = await rig.StartWorkerAsync("other", stranger, log, silo.GatewayPort);
        await SaysAsync(silo, Refused + "the peer's certificate is not trusted: PartialChain");
        await Until.TrueAsync(() => log.With($"TLS: cannot connect to 127.0.0.1:{silo.GatewayPort}: the peer closed the connection").Count == 1, () => "it does not say why");
        await IsAloneAsync(other);
    }

    [Fact]
    public async Task C8_a_worker_whose_certificate_has_expired_says_so_and_joins_once_it_is_replaced()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var silo = await StartReadyAsync(rig, "silo");
        var log = new LogLines();
        var expired = _ca.Issue("worker", CertificateOf.Worker, TimeSpan.FromDays(-2), TimeSpan.FromDays(-1));

        var worker = await rig.StartWorkerAsync("worker", expired, log, silo.GatewayPort);
        await Until.TrueAsync(
            () => Task.FromResult(log.With("CircuitBreakerClientOptions.Tls.CertificatePath").Any(line => line.Contains("worker.crt) expired at", StringComparison.Ordinal))),
            () => "it does not say why");
        await IsAloneAsync(worker);
        _ca.Issue("worker", CertificateOf.Worker);

        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
    }

    [Fact]
    public async Task Who_shows_no_certificate_gets_nowhere_at_either_port()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var silo = await StartReadyAsync(rig, "silo");
        foreach (var port in new[] { silo.GatewayPort, silo.SiloPort })
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
            using var stream = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await stream.AuthenticateAsClientAsync("silo").WaitAsync(TimeSpan.FromSeconds(20));
                await stream.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            });
        }

        await SaysAsync(silo, Refused + "the peer presented no certificate");
    }

    [Fact]
    public async Task A_silo_without_TLS_does_not_join_silos_that_have_it()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var first = await StartReadyAsync(rig, "first");

        var second = rig.StartSilo("second");

        await SaysAsync(first, Refused + "Cannot determine the frame size");
        Assert.NotEqual(System.Net.HttpStatusCode.OK, (await second.ReadinessAsync(TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task A_silo_whose_certificate_has_expired_or_is_a_workers_does_not_start_and_says_why()
    {
        await using var rig = await ClusterRig.CreateAsync();
        foreach (var (files, reason) in new[]
        {
            (_ca.Issue("expired", CertificateOf.Silo, TimeSpan.FromDays(-2), TimeSpan.FromDays(-1)), "expired.crt) expired at"),
            (_ca.Issue("worker", CertificateOf.Worker), "worker.crt) is not a silo certificate"),
        })
        {
            var silo = rig.StartSilo("silo", settings: PrivateAuthority.SettingsOf(files));

            await Until.TrueAsync(() => silo.Process.HasExited, () => "it still runs", seconds: 120);

            Assert.Equal(2, silo.Process.ExitCode);
            Assert.Contains(reason, silo.Process.Recent, StringComparison.Ordinal);
        }
    }

    private async Task<SiloProcess> StartReadyAsync(ClusterRig rig, string name)
    {
        var silo = rig.StartSilo(name, settings: PrivateAuthority.SettingsOf(_ca.Issue(name, CertificateOf.Silo)));
        await silo.ReadyAsync(TestContext.Current.CancellationToken);
        return silo;
    }

    /// <summary>What it says may be of a process that has yet to start: as long as a silo may take for that.</summary>
    private static Task SaysAsync(SiloProcess silo, string line) => Until.TrueAsync(
        () => Task.FromResult(silo.Process.Recent.Contains(line, StringComparison.Ordinal)), () => $"{silo.Process.Name} says: {silo.Process.Recent}", seconds: 120);

    /// <summary>It never reached a silo, and protects its component all the same.</summary>
    private static async Task IsAloneAsync(RunningWorker worker)
    {
        for (var failure = 0; failure < 3; failure++)
        {
            worker.Fail();
        }

        Assert.True(worker.Breaker.TryExecute(() => 1).IsRejected);
        Assert.Contains(worker.Breaker.Mode, new[] { BreakerMode.Starting, BreakerMode.Local });
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => worker.Queries.ListAsync());
    }
}
