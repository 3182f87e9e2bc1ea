using System.Collections.Concurrent;
using System.Net;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>A collector that takes traces by OTLP over HTTP, and keeps the bytes.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<byte[]> _received = new();
    private readonly Task _listening;

    public TraceCollector()
    {
        Address = $"http://127.0.0.1:{FreePort.Several(1)[0]}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _listening = ListenAsync();
    }

    public string Address { get; }

    /// <summary>Whether one message has all of it.</summary>
    public bool Has(params byte[][] parts) => _received.Any(message => parts.All(part => message.AsSpan().IndexOf(part) >= 0));

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _listening;
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _received.Enqueue(body.ToArray());
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // It was closed, or who was sending is gone.
                if (!_listener.IsListening)
                {
                    return;
                }
            }
        }
    }
}
