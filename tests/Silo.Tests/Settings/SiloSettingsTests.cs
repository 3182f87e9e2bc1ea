using System.Net;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Silo.Tests.Settings;

/// <summary>The section <c>Silo</c>.</summary>
public sealed class SiloSettingsTests
{
    [Fact]
    public void The_defaults_are_loopback_and_the_known_ports()
    {
        var endpoints = new SiloSettings().Resolve();

        Assert.Equal((new IPEndPoint(IPAddress.Loopback, 11111), new IPEndPoint(IPAddress.Loopback, 30000)), (endpoints.Silo, endpoints.Gateway));
        Assert.Equal(IPAddress.Loopback, endpoints.Advertised);
        Assert.Null(endpoints.SnapshotKey);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new SiloSettings
        {
            SiloPort = 0,
            GatewayPort = 70_000,
            ListenAddress = "no-such-host.invalid",
            SnapshotKey = "c2hvcnQ=",
        }.Resolve());

        Assert.Contains("Silo:SiloPort is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("Silo:GatewayPort is 70000", error.Message, StringComparison.Ordinal);
        Assert.Contains("Silo:ListenAddress is 'no-such-host.invalid'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Silo:SnapshotKey must be base64 of at least 16 bytes", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hvcnQ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TLS_needs_all_three_files_or_none()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new SiloSettings { Tls = new() { CertificatePath = "silo.crt", CaPath = "ca.pem" } }.Resolve());

        Assert.Contains("Silo:Tls:KeyPath is not set: CertificatePath, KeyPath and CaPath must be set together", error.Message, StringComparison.Ordinal);
        Assert.NotNull(new SiloSettings { Tls = new() { CertificatePath = "" } }.Resolve());
    }

    [Fact]
    public void The_two_ports_differ() =>
        Assert.Contains("must differ", Assert.Throws<InvalidOperationException>(() => new SiloSettings { GatewayPort = 11111 }.Resolve()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_key_is_taken_from_base64() => Assert.Equal(32, new SiloSettings { SnapshotKey = Convert.ToBase64String(new byte[32]) }.Resolve().SnapshotKey!.Length);

    [Fact]
    public void A_silo_that_listens_everywhere_advertises_an_address_that_others_can_reach()
    {
        var everywhere = new SiloSettings { ListenAddress = "0.0.0.0" };

        Assert.Equal(IPAddress.Parse("10.1.2.3"), everywhere.Resolve(_ => IPAddress.Parse("10.1.2.3")).Advertised);
        Assert.Contains("set Silo:AdvertisedAddress", Assert.Throws<InvalidOperationException>(() => everywhere.Resolve(_ => null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_resolved_in_the_kind_that_the_silo_listens_in()
    {
        var endpoints = new SiloSettings { ListenAddress = "0.0.0.0", AdvertisedAddress = "localhost" }.Resolve(_ => null);

        Assert.Equal(IPAddress.Loopback, endpoints.Advertised);
    }

    [Fact]
    public void An_empty_listen_address_is_the_default() =>
        Assert.Equal(IPAddress.Loopback, new SiloSettings { ListenAddress = "" }.Resolve().Silo.Address);
}
