using System.Globalization;

namespace TaskerCore.Orleans.Client;

/// <summary>A gateway as configured: <c>host:port</c>.</summary>
internal readonly record struct GatewayAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, <c>host</c> (port 30000) or <c>[v6]:port</c>.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static GatewayAddress Parse(string text) => TryParse(text, out var gateway) ? gateway : throw new FormatException(Fault(text));

    /// <summary>What is wrong with a text that is no gateway.</summary>
    public static string Fault(string? text) => $"'{text}' is not a gateway: write host:port, for example silo-1:30000.";

    /// <summary>Reads a gateway as <see cref="Parse"/> does; false if the text is none.</summary>
    public static bool TryParse(string? text, out GatewayAddress gateway)
    {
        const int defaultPort = 30000;
        var trimmed = text?.Trim() ?? string.Empty;
        var bracket = trimmed.StartsWith('[') ? trimmed.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = trimmed.IndexOf(':', Math.Max(0, bracket));
        var host = colon < 0 ? trimmed : trimmed[..colon];
        var port = colon < 0 ? defaultPort : ushort.TryParse(trimmed[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 0;
        var kind = Uri.CheckHostName(host);
        var isOne = port > 0 && (kind is UriHostNameType.Dns or UriHostNameType.IPv4 || (kind == UriHostNameType.IPv6 && bracket > 0));
        gateway = isOne ? new(host.Trim('[', ']'), port) : default;
        return isOne;
    }
}
