using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orleans.Messaging;
using Orleans.Runtime;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>Gateways by address or DNS name. Orleans asks often, so that a gateway that hangs is soon left; names are resolved again after
/// <see cref="MaxStaleness"/>.</summary>
internal sealed partial class GatewayList(
    IReadOnlyList<GatewayAddress> gateways, GatewayChoice choice, TimeProvider time, ILogger<GatewayList> logger) : IGatewayListProvider
{
    private IReadOnlyList<Uri> _resolved = [];
    private long _resolvedAt;
    private IReadOnlyList<Uri> _leftOut = [];

    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(10);

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways()
    {
        if (_resolved.Count == 0 || time.GetElapsedTime(_resolvedAt) >= MaxStaleness)
        {
            _resolved = await ResolveAsync().ConfigureAwait(false);
            _resolvedAt = time.GetTimestamp();
        }

        var chosen = choice.Choose(_resolved);
        Uri[] leftOut = [.. _resolved.Except(chosen)];
        if (!leftOut.SequenceEqual(_leftOut))
        {
            _leftOut = leftOut;
            if (leftOut.Length == 0)
            {
                LogAll();
            }
            else
            {
                LogLeftOut(leftOut);
            }
        }

        return [.. chosen];
    }

    private async Task<IReadOnlyList<Uri>> ResolveAsync()
    {
        var found = new List<Uri>();
        foreach (var gateway in gateways)
        {
            try
            {
                foreach (var address in await Dns.GetHostAddressesAsync(gateway.Host).ConfigureAwait(false))
                {
                    found.Add(new IPEndPoint(address, gateway.Port).ToGatewayUri());
                }
            }
            catch (SocketException exception)
            {
                LogNotResolved(gateway.Host, exception);
            }
        }

        return found;
    }

    [LoggerMessage(1, LogLevel.Warning, "The gateway {Host} cannot be resolved; the others are used until it can")]
    private partial void LogNotResolved(string host, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Calls stay unanswered though the cluster is connected: a gateway hangs. Not used for a while: {Gateways}")]
    private partial void LogLeftOut(IReadOnlyList<Uri> gateways);

    [LoggerMessage(3, LogLevel.Information, "All gateways are used again")]
    private partial void LogAll();
}

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
