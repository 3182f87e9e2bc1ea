using System.Net;

namespace TaskerCore.Orleans.Silo.Api.Access;

/// <summary>Whether a request comes from this machine itself.</summary>
internal static class LocalCaller
{
    /// <summary>Headers that proxies add. Behind a proxy on this machine every caller has a loopback address.</summary>
    private static readonly HashSet<string> Forwarding = new(StringComparer.OrdinalIgnoreCase)
    {
        "Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-ProxyUser-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP",
    };

    /// <summary>The families of such headers: reverse proxies, ASP.NET Core's own middleware, and the sidecars of Envoy's and Linkerd's meshes.</summary>
    private static readonly string[] ForwardingFamilies = ["X-Forwarded-", "X-Original-", "X-Envoy-", "l5d-"];

    /// <summary>From loopback, without a header of a proxy, and not by another site's page in a browser here. The value of such a header is never
    /// believed: its presence is enough.</summary>
    public static bool Is(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        && !context.Request.Headers.Keys.Any(IsForwarding)
        && (context.Request.Headers.Origin.Count == 0 || (Uri.TryCreate(context.Request.Headers.Origin, UriKind.Absolute, out var page) && page.IsLoopback));

    private static bool IsForwarding(string header) =>
        Forwarding.Contains(header) || ForwardingFamilies.Any(family => header.StartsWith(family, StringComparison.OrdinalIgnoreCase));
}
