using System.Net;
using System.Net.Sockets;
using System.Text;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Hosting;

namespace TaskerCore.Orleans.Silo.Tests.Hosting;

/// <summary>The health check of a container.</summary>
public sealed class HealthProbeTests
{
    [Theory]
    [InlineData("--health", "/health/live")]
    [InlineData("--health=ready", "/health/ready")]
    [InlineData("--urls=http://127.0.0.1:1", null)]
    [InlineData(null, null)]
    public void It_is_asked_for_by_the_first_argument(string? argument, string? question) =>
        Assert.Equal(question, HealthProbe.Question(argument is null ? [] : [argument, "--urls=http://127.0.0.1:1"]));

    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://[::]:8080;http://10.0.0.1:1", "http://127.0.0.1:8080/")]
    [InlineData("https://*:8443", "https://127.0.0.1:8443/")]
    [InlineData(" http://+:80/ ", "http://127.0.0.1/")]
    [InlineData("http://silo-1:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://localhost:8080", "http://localhost:8080/")]
    [InlineData("http://10.0.0.1:8080", "http://10.0.0.1:8080/")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080/")]
    public void It_asks_where_the_silo_listens_and_over_loopback_where_that_is_any_address(string urls, string asked) =>
        Assert.Equal(asked, HealthProbe.Address(urls).AbsoluteUri);

    [Theory]
    [InlineData("200 OK", true)]
    [InlineData("503 Service Unavailable", false)]
    public async Task Only_a_good_answer_is_good(string status, bool good)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, status);

        Assert.Equal(good, await HealthProbe.AskAsync("/health/ready", $"http://0.0.0.0:{((IPEndPoint)listener.LocalEndpoint).Port}"));
        Assert.StartsWith("GET /health/ready ", await answering, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_listens_the_answer_is_not_good() =>
        Assert.False(await HealthProbe.AskAsync("/health/live", $"http://0.0.0.0:{FreePort.Several(1)[0]}"));

    private static async Task<string> AnswerAsync(TcpListener listener, string status)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII);
        var request = await reader.ReadLineAsync();
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
            // The rest of its head.
        }

        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        return request!;
    }
}
