using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Tls.Tests;

/// <summary>Who gets through, and what is said of who does not: both ends of a connection in memory.</summary>
public sealed class TlsMiddlewareTests : CertificateFolder
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly LogLines _siloLog = new();
    private readonly LogLines _callerLog = new();

    [Theory]
    [InlineData(CertificateOf.Worker, false)]
    [InlineData(CertificateOf.Anybody, false)]
    [InlineData(CertificateOf.Silo, false)]
    [InlineData(CertificateOf.Silo, true)]
    public async Task Who_has_a_certificate_of_the_CA_gets_through_and_what_passes_is_not_changed(CertificateOf caller, bool atSiloPort)
    {
        var ends = new Ends();
        var accepting = RunAsync(Accepting(atSiloPort), ends.Silo, EchoAsync);
        string? heard = null;
        await RunAsync(Calling(Ca.Issue("caller", caller)), ends.Caller, async connection =>
        {
            await SayAsync(connection, "hello");
            heard = await HearAsync(connection, "hello".Length);
            await connection.Transport.Output.CompleteAsync();
        });
        ends.Hangup();
        await accepting;

        Assert.Equal("hello", heard);
        Assert.DoesNotContain("hello", ends.SentByCaller, StringComparison.Ordinal);
        Assert.Empty(_siloLog.With("Warning"));
        Assert.Empty(_callerLog.With("Warning"));
    }

    [Fact]
    public async Task A_worker_does_not_get_through_where_silos_alone_may()
    {
        await RefusedAsync(Accepting(atSiloPort: true), Calling(Ca.Issue("worker", CertificateOf.Worker)), "NotValidForUsage");
        await RefusedAsync(Accepting(atSiloPort: true), Calling(Ca.Issue("anybody", CertificateOf.Anybody)), "the peer's certificate (CN=anybody) is not a silo certificate");
    }

    [Fact]
    public async Task A_certificate_of_another_CA_gets_nowhere()
    {
        await RefusedAsync(Accepting(), Calling(WithCa(OtherCa.Issue("stranger", CertificateOf.Silo))), "the peer's certificate is not trusted: PartialChain");
    }

    [Fact]
    public async Task A_certificate_that_has_expired_gets_nowhere()
    {
        // It was good when its owner read it.
        var files = Ca.Issue("late", CertificateOf.Worker, TimeSpan.FromDays(-2), TimeSpan.FromDays(-1));
        var then = new FakeTimeProvider(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(1.5));

        await RefusedAsync(Accepting(), Calling(files, then), "the peer's certificate is not trusted: NotTimeValid");
    }

    [Fact]
    public async Task Who_shows_no_certificate_gets_nowhere()
    {
        var ends = new Ends();
        var accepting = RunAsync(Accepting(), ends.Silo, NeverAsync);
        using var caller = new SslStream(new TransportStream(ends.Caller.Transport), false, (_, _, _, _) => true);

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await caller.AuthenticateAsClientAsync("silo");
            await caller.ReadExactlyAsync(new byte[1]);
        });
        await accepting;

        Assert.Single(_siloLog.With("TLS: refused a connection from 10.0.0.7: the peer presented no certificate"));
    }

    [Fact]
    public async Task Plain_text_gets_nowhere()
    {
        var ends = new Ends();
        var accepting = RunAsync(Accepting(), ends.Silo, NeverAsync);

        await SayAsync(ends.Caller, "GET / HTTP/1.1\r\nHost: silo\r\n\r\n");
        await accepting;

        Assert.Single(_siloLog.With("TLS: refused a connection from 10.0.0.7: "));
        await EndedAsync(ends.Silo);
    }

    [Fact]
    public async Task An_older_TLS_gets_nowhere()
    {
        var ends = new Ends();
        var accepting = RunAsync(Accepting(), ends.Silo, NeverAsync);
        using var caller = new SslStream(new TransportStream(ends.Caller.Transport), false, (_, _, _, _) => true);

#pragma warning disable SYSLIB0039, CA5397 // It is what must not get through.
        await Assert.ThrowsAnyAsync<Exception>(() => caller.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "silo",
            EnabledSslProtocols = SslProtocols.Tls11,
        }));
#pragma warning restore SYSLIB0039, CA5397
        ends.Hangup();
        await accepting;

        Assert.Single(_siloLog.With("TLS: refused a connection from 10.0.0.7: "));
    }

    [Fact]
    public async Task A_worker_does_not_take_a_workers_certificate_or_another_CAs_for_a_silos()
    {
        var stranger = OtherCa.Issue("stranger", CertificateOf.Silo);
        foreach (var (files, reason) in new[] { (Ca.Issue("worker", CertificateOf.Worker), "NotValidForUsage"), (stranger, "PartialChain") })
        {
            var ends = new Ends();
            using var gateway = new SslStream(new TransportStream(ends.Silo.Transport), false, (_, _, _, _) => true);
            using var shown = X509Certificate2.CreateFromPemFile(files.CertificatePath!, files.KeyPath);
            var accepting = gateway.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = shown, ClientCertificateRequired = true });

            var error = await Assert.ThrowsAsync<AuthenticationException>(
                () => RunAsync(Calling(Ca.Issue("caller", CertificateOf.Worker)), ends.Caller, NeverAsync));

            Assert.Contains($"the peer's certificate is not trusted: {reason}", error.Message, StringComparison.Ordinal);
            Assert.Single(_callerLog.With($"TLS: cannot connect to 10.0.0.1:30000: the peer's certificate is not trusted: {reason}"));
            ends.Hangup();
            await accepting.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_given_up()
    {
        var ends = new Ends();
        var accepting = RunAsync(Accepting(), ends.Silo, NeverAsync);
        var calling = RunAsync(Calling(Ca.Issue("caller", CertificateOf.Worker)), new Ends().Caller, NeverAsync);

        _time.Advance(TlsMiddleware.HandshakeLimit - TimeSpan.FromTicks(1));
        Assert.False(accepting.IsCompleted);
        Assert.False(calling.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        await accepting;
        await Assert.ThrowsAsync<AuthenticationException>(() => calling);
        Assert.Single(_siloLog.With("TLS: refused a connection from 10.0.0.7: the handshake did not finish within 5 s"));
        Assert.Single(_callerLog.With("TLS: cannot connect to 10.0.0.1:30000: the handshake did not finish within 5 s"));
        await EndedAsync(ends.Silo);
    }

    [Fact]
    public async Task A_peer_that_goes_on_trying_is_told_of_once()
    {
        var (accepting, calling) = (Accepting(), Calling(WithCa(OtherCa.Issue("stranger", CertificateOf.Worker))));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await RefusedAsync(accepting, calling, "PartialChain");
        }

        Assert.Single(_callerLog.With("TLS: cannot connect to 10.0.0.1:30000: "));
    }

    [Fact]
    public async Task A_callers_files_that_are_no_good_are_told_and_looked_at_again()
    {
        var files = Ca.Issue("caller", CertificateOf.Worker);
        File.Move(files.KeyPath!, files.KeyPath + ".away");
        var caller = Calling(files);

        await Assert.ThrowsAsync<AuthenticationException>(() => RunAsync(caller, new Ends().Caller, NeverAsync));
        Assert.Single(_callerLog.With("caller.key) cannot be read"));
        File.Move(files.KeyPath + ".away", files.KeyPath!);

        var ends = new Ends();
        var accepting = RunAsync(Accepting(), ends.Silo, EchoAsync);
        await RunAsync(caller, ends.Caller, async connection =>
        {
            await SayAsync(connection, "x");
            await HearAsync(connection, 1);
            await connection.Transport.Output.CompleteAsync();
        });
        ends.Hangup();
        await accepting;
    }

    /// <summary>Neither end gets anything through, and each says why, once.</summary>
    private async Task RefusedAsync(TlsMiddleware silo, TlsMiddleware caller, string reason)
    {
        var ends = new Ends();
        var accepting = RunAsync(silo, ends.Silo, NeverAsync);

        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(caller, ends.Caller, async connection =>
        {
            // A handshake of TLS 1.3 is done for the caller before the silo has judged: it then reads nothing.
            await HearAsync(connection, 1);
        }));
        ends.Hangup();
        await accepting;

        Assert.Single(_siloLog.With(reason));
        Assert.NotEmpty(_callerLog.With("TLS: cannot connect to 10.0.0.1:30000: "));
        await EndedAsync(ends.Silo);
    }

    private TlsOptions WithCa(TlsOptions files) => new() { CertificatePath = files.CertificatePath, KeyPath = files.KeyPath, CaPath = Ca.CaPath };

    private TlsMiddleware Accepting(bool atSiloPort = false)
    {
        var files = Files(Ca.Issue("silo", CertificateOf.Silo), isSilo: true, _siloLog, TimeProvider.System);
        var logger = new LoggerFactory([_siloLog]).CreateLogger<TlsMiddleware>();
        return atSiloPort ? TlsMiddleware.OfSiloPort(files, _time, logger) : TlsMiddleware.OfGateway(files, _time, logger);
    }

    private TlsMiddleware Calling(TlsOptions files, TimeProvider? clock = null) => TlsMiddleware.OfCaller(
        Files(files, isSilo: false, _callerLog, clock ?? TimeProvider.System), _time, new LoggerFactory([_callerLog]).CreateLogger<TlsMiddleware>());

    private static TlsFiles Files(TlsOptions options, bool isSilo, LogLines log, TimeProvider clock) =>
        new(options, "Tls.", isSilo, clock, new LoggerFactory([log]).CreateLogger<TlsFiles>());

    private static Task RunAsync(TlsMiddleware middleware, ConnectionContext connection, ConnectionDelegate next) =>
        middleware.OnConnectionAsync(connection, next).WaitAsync(Limit, TestContext.Current.CancellationToken);

    private static Task NeverAsync(ConnectionContext connection) => throw new InvalidOperationException("It got through.");

    private static Task EndedAsync(ConnectionContext connection)
    {
        var ended = new TaskCompletionSource();
        connection.ConnectionClosed.Register(ended.SetResult);
        return ended.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    private static async Task EchoAsync(ConnectionContext connection)
    {
        while (await connection.Transport.Input.ReadAsync() is var read && !(read.IsCompleted && read.Buffer.IsEmpty))
        {
            foreach (var segment in read.Buffer)
            {
                await connection.Transport.Output.WriteAsync(segment);
            }

            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
    }

    private static async Task SayAsync(ConnectionContext connection, string text) => await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<string> HearAsync(ConnectionContext connection, int length)
    {
        var read = await connection.Transport.Input.ReadAtLeastAsync(length);
        if (read.Buffer.Length < length)
        {
            // As Orleans says it.
            throw new InvalidOperationException("Connection terminated prematurely");
        }

        var text = Encoding.ASCII.GetString(read.Buffer.ToArray());
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        return text;
    }

    /// <summary>The two ends of a connection in memory, and what goes over it.</summary>
    private sealed class Ends
    {
        private readonly Pipe _fromCaller = new();
        private readonly Pipe _toSilo = new();
        private readonly Pipe _toCaller = new();
        private readonly List<byte> _sent = [];

        public Ends()
        {
            Silo = new DefaultConnectionContext("silo", new Duplex(_toSilo.Reader, _toCaller.Writer), null!)
            {
                RemoteEndPoint = new IPEndPoint(IPAddress.Parse("10.0.0.7"), 40_000),
            };
            Caller = new DefaultConnectionContext("caller", new Duplex(_toCaller.Reader, _fromCaller.Writer), null!)
            {
                RemoteEndPoint = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 30_000),
            };
            Silo.ConnectionClosed.Register(Hangup);
            Caller.ConnectionClosed.Register(Hangup);
            PassOnAsync().Ignore();
        }

        public DefaultConnectionContext Silo { get; }

        public DefaultConnectionContext Caller { get; }

        public string SentByCaller => Encoding.Latin1.GetString([.. _sent]);

        public void Hangup()
        {
            _fromCaller.Writer.Complete();
            _toCaller.Writer.Complete();
        }

        private async Task PassOnAsync()
        {
            while (await _fromCaller.Reader.ReadAsync() is var read && !(read.IsCompleted && read.Buffer.IsEmpty))
            {
                var bytes = read.Buffer.ToArray();
                _sent.AddRange(bytes);
                _fromCaller.Reader.AdvanceTo(read.Buffer.End);
                await _toSilo.Writer.WriteAsync(bytes);
            }

            await _toSilo.Writer.CompleteAsync();
        }

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
