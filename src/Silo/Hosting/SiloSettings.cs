using System.Net;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>The section <c>Silo</c>.</summary>
internal sealed class SiloSettings
{
    /// <summary>The port that silos talk to each other on. 1–65535, default 11111.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port that workers connect to. 1–65535, default 30000.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address that both ports listen on. Default loopback.</summary>
    public string ListenAddress { get; set; } = "127.0.0.1";

    /// <summary>The address that others reach this silo by. Default: the listen address; where that is any address, the host's own.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>Default <c>taskercore</c>, and so the client's.</summary>
    public string ClusterId { get; set; } = "taskercore";

    /// <summary>Default <c>taskercore</c>, and so the client's.</summary>
    public string ServiceId { get; set; } = "taskercore";

    /// <summary>The key that snapshots are sealed with, in base64, at least 16 bytes; the same on every silo. Default: one made once and
    /// kept in Postgres (C7).</summary>
    public string? SnapshotKey { get; set; }

    /// <summary>The settings as addresses and bytes.</summary>
    /// <exception cref="InvalidOperationException">A setting is not valid; the message names all that are.</exception>
    public SiloEndpoints Resolve()
    {
        var faults = new List<string>();
        CheckPort(nameof(SiloPort), SiloPort);
        CheckPort(nameof(GatewayPort), GatewayPort);
        if (SiloPort == GatewayPort)
        {
            faults.Add("Silo:SiloPort and Silo:GatewayPort must differ");
        }

        var listen = Address(nameof(ListenAddress), ListenAddress);
        var advertised = AdvertisedAddress is { Length: > 0 } ? Address(nameof(AdvertisedAddress), AdvertisedAddress) : OwnAddress(listen);
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

        return faults.Count == 0
            ? new SiloEndpoints(new IPEndPoint(listen!, SiloPort), new IPEndPoint(listen!, GatewayPort), advertised!, key)
            : throw new InvalidOperationException("The silo's settings are not valid: " + string.Join("; ", faults) + ".");

        void CheckPort(string name, int port)
        {
            if (port is < 1 or > 65535)
            {
                faults.Add($"Silo:{name} is {port}; 1-65535 is allowed");
            }
        }

        IPAddress? Address(string name, string text)
        {
            if (IPAddress.TryParse(text, out var address))
            {
                return address;
            }

            try
            {
                return Dns.GetHostAddresses(text).FirstOrDefault();
            }
            catch (System.Net.Sockets.SocketException)
            {
                faults.Add($"Silo:{name} is '{text}', which is neither an IP address nor a name that can be resolved");
                return null;
            }
        }
    }

    private static IPAddress? OwnAddress(IPAddress? listen) =>
        listen is null || !(listen.Equals(IPAddress.Any) || listen.Equals(IPAddress.IPv6Any))
            ? listen
            : Dns.GetHostAddresses(Dns.GetHostName()).FirstOrDefault(address => address.AddressFamily == listen.AddressFamily) ?? IPAddress.Loopback;
}

/// <summary>Where a silo listens, and how others reach it.</summary>
internal sealed record SiloEndpoints(IPEndPoint Silo, IPEndPoint Gateway, IPAddress Advertised, byte[]? SnapshotKey);
