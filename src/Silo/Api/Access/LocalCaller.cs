using System.Net;

namespace TaskerCore.Orleans.Silo.Api.Access;

/// <summary>Whether a request comes from this machine itself.</summary>
internal static class LocalCaller
{
    /// <summary>What proxies add: behind one on this machine everybody seems to be here.</summary>
    private static readonly string[] Forwarding =
        ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-For", "X-Real-IP"];

    /// <summary>From loopback, through no proxy that says so, and by no other site's page in a browser here. What a forwarding header says is
    /// never believed: that it is there is enough.</summary>
    public static bool Is(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        && !Forwarding.Any(context.Request.Headers.ContainsKey)
        && (context.Request.Headers.Origin.Count == 0 || (Uri.TryCreate(context.Request.Headers.Origin, UriKind.Absolute, out var page) && page.IsLoopback));
}
