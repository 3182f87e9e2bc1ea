using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>A proxy that serves a silo under a prefix and passes paths on as nginx does where <c>proxy_pass</c> has a path: decoded, with
/// doubled slashes merged, and encoded anew without the slashes. The query is passed on as it is.</summary>
internal sealed partial class DecodingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private DecodingProxy(WebApplication app, HttpClient http) => (_app, _http) = (app, http);

    public Uri Address => new(_app.Urls.Single());

    public static async Task<DecodingProxy> StartAsync(Uri silo, string prefix)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        app.Run(async context =>
        {
            var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2);
            var path = Slashes().Replace(Uri.UnescapeDataString(target[0]), "/");
            if (!path.StartsWith(prefix, StringComparison.Ordinal))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            var passedOn = string.Join('/', path[prefix.Length..].Split('/').Select(Uri.EscapeDataString)) + (target.Length > 1 ? "?" + target[1] : string.Empty);
            using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(silo, "/" + passedOn.TrimStart('/')));
            if (HttpMethods.IsPost(context.Request.Method))
            {
                request.Content = new StreamContent(context.Request.Body);
            }

            using var answer = await http.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        });
        await app.StartAsync();
        return new DecodingProxy(app, http);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    [GeneratedRegex("/{2,}")]
    private static partial Regex Slashes();
}
