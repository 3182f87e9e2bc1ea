using System.Globalization;

namespace TaskerCore.Orleans.Client;

/// <summary>A gateway as configured: <c>host:port</c>.</summary>
internal readonly record struct GatewayAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, <c>host</c> (port 30000) or <c>[v6]:port</c>.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static GatewayAddress Parse(string text)
    {
        const int defaultPort = 30000;
        var trimmed = text?.Trim() ?? string.Empty;
        var bracket = trimmed.StartsWith('[') ? trimmed.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = trimmed.IndexOf(':', Math.Max(0, bracket));
        var host = colon < 0 ? trimmed : trimmed[..colon];
        var port = colon < 0 ? defaultPort : ushort.TryParse(trimmed[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 0;
        var kind = Uri.CheckHostName(host);
        return port > 0 && (kind is UriHostNameType.Dns or UriHostNameType.IPv4 || (kind == UriHostNameType.IPv6 && bracket > 0))
            ? new(host.Trim('[', ']'), port)
            : throw new FormatException($"'{text}' is not a gateway: write host:port, for example silo-1:30000.");
    }
}
