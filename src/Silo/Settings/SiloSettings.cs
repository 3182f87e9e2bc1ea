using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.Silo.Settings;

/// <summary>The section <c>Silo</c>.</summary>
internal sealed class SiloSettings
{
    private const string DefaultListenAddress = "127.0.0.1";

    /// <summary>Gets or sets the port for connections between silos. 1–65535. The default value is 11111.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>Gets or sets the port for connections of workers. 1–65535. The default value is 30000.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Gets or sets the address on which both ports listen. The default value is loopback.</summary>
    public string ListenAddress { get; set; } = DefaultListenAddress;

    /// <summary>Gets or sets the address at which others reach this silo. The default value is null: the listen address, or, if that is a wildcard, the
    /// host's first address that is not loopback.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>Gets or sets the cluster's id, which must equal the workers'. The default value is <c>taskercore</c>.</summary>
    public string ClusterId { get; set; } = "taskercore";

    /// <summary>Gets or sets the service's id, which must equal the workers'. The default value is <c>taskercore</c>.</summary>
    public string ServiceId { get; set; } = "taskercore";

    /// <summary>Gets or sets the key that seals snapshots, in base64, at least 16 bytes, the same on every silo. Messages of silos with another
    /// key are refused. The default value is null: a key is created once and kept in Postgres.</summary>
    /// <remarks>Rule C7: see <c>docs/rules.md</c>.</remarks>
    public string? SnapshotKey { get; set; }

    /// <summary>Gets or sets mutual TLS for both ports. The default value is null: no TLS.</summary>
    public TlsOptions? Tls { get; set; }

    /// <summary>Gets or sets whether workers may send operator commands, the same on every silo. The HTTP API always may. The default value is
    /// true.</summary>
    public bool CommandsFromWorkers { get; set; } = true;

    /// <summary>Gets or sets a folder with one file per secret setting. The file's name is the setting's, with <c>__</c> for <c>:</c>, and its
    /// content is the value. These values win over all others. The default value is null.</summary>
    public string? SecretsPath { get; set; }

    /// <summary>The settings as addresses and bytes.</summary>
    /// <param name="ownAddress">Finds an address of this host that others can reach; null: its network cards are asked.</param>
    /// <exception cref="InvalidOperationException">A setting is not valid; the message names all that are.</exception>
    public SiloEndpoints Resolve(Func<AddressFamily, IPAddress?>? ownAddress = null)
    {
        var faults = new List<string>();
        CheckPort(nameof(SiloPort), SiloPort);
        CheckPort(nameof(GatewayPort), GatewayPort);
        if (SiloPort == GatewayPort)
        {
            faults.Add("Silo:SiloPort and Silo:GatewayPort must differ");
        }

        if (string.IsNullOrWhiteSpace(ClusterId) || string.IsNullOrWhiteSpace(ServiceId))
        {
            faults.Add("Silo:ClusterId and Silo:ServiceId must not be empty");
        }

        var listen = Address(nameof(ListenAddress), ListenAddress is { Length: > 0 } ? ListenAddress : DefaultListenAddress, AddressFamily.Unspecified);
        var advertised = listen is null ? null
            : AdvertisedAddress is { Length: > 0 } ? Address(nameof(AdvertisedAddress), AdvertisedAddress, listen.AddressFamily)
            : IsAny(listen) ? (ownAddress ?? OwnAddress)(listen.AddressFamily)
            : listen;
        if (listen is not null && IsAny(listen) && advertised is null && AdvertisedAddress is not { Length: > 0 })
        {
            faults.Add("Silo:ListenAddress is a wildcard address, and this host has no address that others can reach; set Silo:AdvertisedAddress");
        }

        if (advertised is not null && IsAny(advertised))
        {
            faults.Add("Silo:AdvertisedAddress is a wildcard address; set an address at which others can reach this silo");
        }

        byte[]? key = null;
        if (SnapshotKey is { Length: > 0 })
        {
            var buffer = new byte[SnapshotKey.Length];
            if (Convert.TryFromBase64String(SnapshotKey, buffer, out var length) && length >= Grains.Authority.SnapshotSealer.MinKeyLength)
            {
                key = buffer[..length];
            }
            else
            {
                faults.Add($"Silo:SnapshotKey must be base64 of at least {Grains.Authority.SnapshotSealer.MinKeyLength} bytes");
            }
        }

        if (Tls is { IsSet: true } && Tls.Fault("Silo:Tls:") is { } fault)
        {
            faults.Add(fault);
        }

        return faults.Count == 0
            ? new SiloEndpoints(new IPEndPoint(listen!, SiloPort), new IPEndPoint(listen!, GatewayPort), advertised!, key)
            : throw new InvalidOperationException("The silo's settings are invalid: " + string.Join("; ", faults) + ".");

        void CheckPort(string name, int port)
        {
            if (port is < 1 or > 65535)
            {
                faults.Add($"Silo:{name} is {port}; 1-65535 is allowed");
            }
        }

        IPAddress? Address(string name, string text, AddressFamily family)
        {
            if (IPAddress.TryParse(text, out var address))
            {
                return address;
            }

            if (Resolve(text, family) is { } resolved)
            {
                return resolved;
            }

            faults.Add($"Silo:{name} is '{text}', which is neither an IP address nor a name that resolves"
                + (family == AddressFamily.Unspecified ? string.Empty : $" to one of the listen address's family ({family})"));
            return null;
        }
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static IPAddress? Resolve(string name, AddressFamily family)
    {
        try
        {
            var addresses = Dns.GetHostAddresses(name, family);
            return addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses.FirstOrDefault();
        }
        catch (SocketException)
        {
            // Not a name that is known here: the caller says which setting has it.
            return null;
        }
    }

    /// <summary>An address of this host that others can reach; its name often resolves to loopback, so the network cards are asked.</summary>
    private static IPAddress? OwnAddress(AddressFamily family) => NetworkInterface.GetAllNetworkInterfaces()
        .Where(card => card.OperationalStatus == OperationalStatus.Up && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(card => card.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .FirstOrDefault(address => address.AddressFamily == family && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal);
}

/// <summary>Where a silo listens, and how others reach it.</summary>
internal sealed record SiloEndpoints(IPEndPoint Silo, IPEndPoint Gateway, IPAddress Advertised, byte[]? SnapshotKey);
