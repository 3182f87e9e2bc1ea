using System.Net;
using System.Net.Sockets;
using Orleans.Runtime;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>A gateway name that cannot be resolved.</summary>
internal sealed record NameFailure(string Host, string Reason);

/// <summary>What to log about the names.</summary>
/// <param name="Failed">The names that can no longer be resolved.</param>
/// <param name="Recovered">The names that can be resolved again.</param>
internal sealed record NameChanges(IReadOnlyList<NameFailure> Failed, IReadOnlyList<string> Recovered)
{
    public bool IsEmpty => Failed.Count == 0 && Recovered.Count == 0;
}

/// <summary>Which addresses the configured gateways have: without I/O, clock or lock. A name that cannot be resolved keeps the addresses that it
/// had. When a name resolves to other addresses, an old one stays in use for as long as a connection to it answers.</summary>
internal sealed class GatewayNames
{
    /// <summary>How long an answer of the resolver is used while a gateway answers.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(10);

    /// <summary>How soon a name is resolved again that failed, and every name while no gateway answers.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<GatewayAddress> _gateways;
    private readonly Dictionary<string, Name> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Uri> _kept = [];

    public GatewayNames(IReadOnlyList<GatewayAddress> gateways)
    {
        _gateways = gateways;
        foreach (var gateway in gateways)
        {
            _names.TryAdd(gateway.Host, IPAddress.TryParse(gateway.Host, out var literal)
                ? new Name { Addresses = [Plain(literal)], IsLiteral = true }
                : new Name());
        }
    }

    /// <summary>The names to resolve now.</summary>
    /// <param name="now">Any steady time.</param>
    /// <param name="answers">Whether a connection to the gateway is open and answers.</param>
    public IReadOnlyList<string> Due(TimeSpan now, Func<Uri, bool> answers)
    {
        var interval = Current(answers).Any(answers) ? RefreshInterval : RetryInterval;
        return [.. _names
            .Where(named => !named.Value.IsLiteral && (named.Value.AskedAt is not { } at || now - at >= (named.Value.Reason is null ? interval : RetryInterval)))
            .Select(named => named.Key)];
    }

    /// <summary>The resolver answered. No address at all counts as a failure.</summary>
    public void Resolved(string host, IReadOnlyList<IPAddress> addresses, TimeSpan now)
    {
        if (addresses.Count == 0)
        {
            Failed(host, "it has no address", now);
            return;
        }

        var name = _names[host];
        name.AskedAt = now;
        name.Reason = null;
        IPAddress[] found = [.. addresses.Select(Plain).Distinct()];
        if (name.Addresses.Length == found.Length && found.All(name.Addresses.Contains))
        {
            // Resolvers rotate their answers; the order of the list must not change with them.
            return;
        }

        foreach (var gateway in _gateways.Where(gateway => string.Equals(gateway.Host, host, StringComparison.OrdinalIgnoreCase)))
        {
            _kept.AddRange(name.Addresses.Except(found).Select(address => ToUri(address, gateway.Port)));
        }

        name.Addresses = found;
    }

    /// <summary>The resolver failed, or has not answered in time.</summary>
    public void Failed(string host, string reason, TimeSpan now)
    {
        var name = _names[host];
        name.AskedAt = now;
        name.Reason = reason;
    }

    /// <summary>The gateways to use, in the order of the options; empty while no name was ever resolved.</summary>
    public IReadOnlyList<Uri> Current(Func<Uri, bool> answers)
    {
        _kept.RemoveAll(gateway => !answers(gateway));
        return [.. _gateways
            .SelectMany(gateway => _names[gateway.Host].Addresses.Select(address => ToUri(address, gateway.Port)))
            .Concat(_kept)
            .Distinct()];
    }

    /// <summary>What has changed since the last call of this method.</summary>
    public NameChanges TakeChanges()
    {
        List<NameFailure> failed = [];
        List<string> recovered = [];
        foreach (var (host, name) in _names)
        {
            if (name.Reason is { } reason && !name.IsReported)
            {
                name.IsReported = true;
                failed.Add(new NameFailure(host, reason));
            }
            else if (name.Reason is null && name.IsReported)
            {
                name.IsReported = false;
                recovered.Add(host);
            }
        }

        return new NameChanges(failed, recovered);
    }

    private static Uri ToUri(IPAddress address, int port) => new IPEndPoint(address, port).ToGatewayUri();

    private static IPAddress Plain(IPAddress address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private sealed class Name
    {
        public IPAddress[] Addresses { get; set; } = [];

        public bool IsLiteral { get; init; }

        public TimeSpan? AskedAt { get; set; }

        /// <summary>Why it cannot be resolved; null: it can.</summary>
        public string? Reason { get; set; }

        public bool IsReported { get; set; }
    }
}
