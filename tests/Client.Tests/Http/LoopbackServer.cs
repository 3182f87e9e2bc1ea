using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Client.Tests.Http;

/// <summary>A real server on loopback: <c>/status/N</c> answers N, <c>/hang</c> never answers, <c>/break</c> breaks the connection.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LoopbackServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Map("/status/{code:int}", (int code) => Results.StatusCode(code));
        _app.Map("/break", (HttpContext context) => context.Abort());
        _app.Map("/hang", async (HttpContext context) =>
        {
            _hanging.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Completes when the next request hangs.</summary>
    public Task NextHang()
    {
        _hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _hanging.Task;
    }

    public static async Task<LoopbackServer> StartAsync()
    {
        var server = new LoopbackServer();
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
