using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Messaging;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Tls;

/// <summary>Stands between Orleans and each connection, and lets nothing through but TLS 1.2 or newer with a peer whose certificate is good.</summary>
/// <remarks>Safe for any number of threads. What the files say is asked for each connection anew.</remarks>
internal sealed partial class TlsMiddleware : IConnectionMiddleware
{
    /// <summary>How long a handshake may take.</summary>
    public static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(5);

    private const int BufferSize = 16 * 1024;
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    private readonly TlsFiles _files;
    private readonly bool _accepts;
    private readonly bool _fromSilosAlone;
    private readonly TimeProvider _time;
    private readonly LogThrottle _throttle;
    private readonly ILogger _logger;

    private TlsMiddleware(TlsFiles files, bool accepts, bool fromSilosAlone, TimeProvider time, ILogger<TlsMiddleware> logger)
    {
        _files = files;
        _accepts = accepts;
        _fromSilosAlone = fromSilosAlone;
        _time = time;
        _throttle = new LogThrottle(time);
        _logger = logger;
    }

    /// <summary>For a silo's gateway: whoever has a certificate of the CA may connect.</summary>
    public static TlsMiddleware OfGateway(TlsFiles files, TimeProvider time, ILogger<TlsMiddleware> logger) => new(files, accepts: true, fromSilosAlone: false, time, logger);

    /// <summary>For the port that silos talk to each other on: only silos may connect.</summary>
    public static TlsMiddleware OfSiloPort(TlsFiles files, TimeProvider time, ILogger<TlsMiddleware> logger) => new(files, accepts: true, fromSilosAlone: true, time, logger);

    /// <summary>For whoever connects: it is always a silo that is called.</summary>
    public static TlsMiddleware OfCaller(TlsFiles files, TimeProvider time, ILogger<TlsMiddleware> logger) => new(files, accepts: false, fromSilosAlone: true, time, logger);

    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var plain = context.Transport;
        var stream = new SslStream(new TransportStream(plain), leaveInnerStreamOpen: false);
        await using var streamDisposal = stream.ConfigureAwait(false);
        if (await HandshakeAsync(stream).ConfigureAwait(false) is { } fault)
        {
            Report(context, fault);
            context.Abort(new ConnectionAbortedException($"TLS: {fault}"));

            // Whoever connects gets the reason; whoever was connected to has none to tell.
            if (!_accepts)
            {
                throw new AuthenticationException($"TLS with {context.RemoteEndPoint} failed: {fault}");
            }

            return;
        }

        context.Transport = new Encrypted(
            PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize, leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BufferSize, leaveOpen: true)));
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (!_accepts)
        {
            // A silo that refuses our certificate says so only when ours is done: the first thing that is read from it fails. What comes
            // later does not get here.
            Report(context, $"the peer closed the connection ({Reason(exception)}); see its log for the reason");
            throw;
        }
        finally
        {
            context.Transport = plain;
        }
    }

    /// <summary>Null: the peer is good; else why it is not.</summary>
    private async Task<string?> HandshakeAsync(SslStream stream)
    {
        using var limit = new CancellationTokenSource(HandshakeLimit, _time);
        string? refusal = null;
        try
        {
            var credentials = _files.Current;
            var policy = credentials.JudgeOf(_fromSilosAlone);
            var judge = new RemoteCertificateValidationCallback((_, certificate, chain, errors) => (refusal = Refusal(certificate, chain, errors)) is null);
            await (_accepts
                ? stream.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = credentials.Own,
                        ClientCertificateRequired = true,
                        EnabledSslProtocols = Protocols,
                        CertificateChainPolicy = policy,
                        RemoteCertificateValidationCallback = judge,
                        AllowRenegotiation = false,

                        // A resumed session would not show its certificate again.
                        AllowTlsResume = false,
                    },
                    limit.Token)
                : stream.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = string.Empty,
                        ClientCertificateContext = credentials.Own,
                        EnabledSslProtocols = Protocols,
                        CertificateChainPolicy = policy,
                        RemoteCertificateValidationCallback = judge,
                        AllowRenegotiation = false,
                        AllowTlsResume = false,
                    },
                    limit.Token)).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return refusal ?? (limit.IsCancellationRequested ? $"the handshake did not finish within {HandshakeLimit.TotalSeconds:0} s" : Reason(exception));
        }
    }

    private string? Refusal(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not X509Certificate2 shown ? "the peer presented no certificate"
        : errors != SslPolicyErrors.None ? $"the peer's certificate is not trusted: {string.Join(", ", Faults(chain, errors))}"
        : _fromSilosAlone && !Purpose.IsSilos(shown) ? $"the peer's certificate ({shown.Subject}) is not a silo certificate: its extended key usage lacks serverAuth or clientAuth"
        : null;

    private static IEnumerable<string> Faults(X509Chain? chain, SslPolicyErrors errors) =>
        chain?.ChainStatus is { Length: > 0 } faults ? faults.Select(fault => fault.Status.ToString()).Distinct() : [errors.ToString()];

    /// <summary>With what the TLS library says, where it says something.</summary>
    private static string Reason(Exception exception) =>
        exception.InnerException is { } inner ? $"{exception.Message.TrimEnd('.')}: {inner.Message}" : exception.Message;

    private void Report(ConnectionContext context, string fault)
    {
        // Who connects does so from another port each time.
        var peer = (_accepts ? (context.RemoteEndPoint as IPEndPoint)?.Address.ToString() : context.RemoteEndPoint?.ToString()) ?? "unknown";
        if (!_throttle.ShouldLog(peer, fault))
        {
            return;
        }

        if (_accepts)
        {
            LogRefused(peer, fault);
        }
        else
        {
            LogFailed(peer, fault);
        }
    }

    private sealed record Encrypted(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    [LoggerMessage(EventIds.ConnectionRefused, LogLevel.Warning, "TLS: refused a connection from {Peer}: {Reason}")]
    private partial void LogRefused(string peer, string reason);

    [LoggerMessage(EventIds.ConnectionFailed, LogLevel.Warning, "TLS: cannot connect to {Peer}: {Reason}")]
    private partial void LogFailed(string peer, string reason);
}
