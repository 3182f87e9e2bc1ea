using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.Client.Tests.Gateways;

/// <summary>C8: which gateway hangs is told with TLS as without: by the bytes on the wire.</summary>
public sealed class GatewayWatchTlsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);
    private static readonly Uri Gateway = new("gwy.tcp://10.0.0.1:30000/0");

    private readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("taskercore-tls-");
    private readonly FakeTimeProvider _time = new();
    private readonly Pipe _out = new();
    private readonly Pipe _in = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task C8_a_gateway_that_leaves_what_was_said_over_TLS_unanswered_is_silent_until_it_answers()
    {
        using var ca = new PrivateAuthority(_folder.FullName);
        var watch = new GatewayWatch(_time);
        var (connected, end) = (new TaskCompletionSource<IDuplexPipe>(), new TaskCompletionSource());
        var running = RunAsync(watch, ca.Issue("worker", CertificateOf.Worker), connection =>
        {
            connected.SetResult(connection.Transport);
            return end.Task;
        });

        // The handshake is said and not answered.
        _time.Advance(Limit);
        Assert.True(watch.IsSilent(Gateway, Limit));

        using var gateway = await AcceptAsync(ca.Issue("silo", CertificateOf.Silo));
        var worker = await connected.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await SayAsync(worker, gateway);
        await AnswerAsync(gateway, worker);
        _time.Advance(Limit);
        Assert.False(watch.IsSilent(Gateway, Limit));

        await SayAsync(worker, gateway);
        _time.Advance(Limit);
        Assert.True(watch.IsSilent(Gateway, Limit));
        await AnswerAsync(gateway, worker);
        Assert.False(watch.IsSilent(Gateway, Limit));

        end.SetResult();
        await running;
        Assert.False(watch.IsSilent(Gateway, TimeSpan.Zero));
    }

    private async Task RunAsync(GatewayWatch watch, TlsOptions files, Func<ConnectionContext, Task> next)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var connections = new ConnectionBuilder(services);
        watch.Watch(connections);
        connections.UseMiddleware(TlsMiddleware.OfCaller(
            new TlsFiles(files, "Tls.", isSilo: false, TimeProvider.System, NullLogger<TlsFiles>.Instance), TimeProvider.System, NullLogger<TlsMiddleware>.Instance));
        await using var context = new DefaultConnectionContext("test", new Ends(_in.Reader, _out.Writer), null!)
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 30000),
        };
        await connections.Run(next).Build()(context);
    }

    private async Task<SslStream> AcceptAsync(TlsOptions files)
    {
        var stream = new SslStream(new TransportStream(new Ends(_out.Reader, _in.Writer)), false, (_, _, _, _) => true);
        using var shown = X509Certificate2.CreateFromPemFile(files.CertificatePath!, files.KeyPath);
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = shown, ClientCertificateRequired = true });
        return stream;
    }

    private static async Task SayAsync(IDuplexPipe worker, SslStream gateway)
    {
        await worker.Output.WriteAsync(new byte[] { 1, 2, 3 });
        await gateway.ReadExactlyAsync(new byte[3]);
    }

    private static async Task AnswerAsync(SslStream gateway, IDuplexPipe worker)
    {
        await gateway.WriteAsync(new byte[] { 4, 5 });
        var read = await worker.Input.ReadAtLeastAsync(2);
        worker.Input.AdvanceTo(read.Buffer.End);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
