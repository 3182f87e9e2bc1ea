using System.Net;
using System.Net.Sockets;
using TaskerCore.Orleans.Silo.Hosting;

namespace TaskerCore.Orleans.Silo.Tests.Hosting;

/// <summary>Whether a silo's port is free.</summary>
public sealed class PortCheckTests
{
    [Fact]
    public void A_port_that_is_taken_is_refused_with_the_setting_that_names_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = (IPEndPoint)other.LocalEndpoint;

        var fault = Assert.Throws<PortUnavailableException>(() => PortCheck.ThrowIfTaken(taken, "Silo:SiloPort"));

        Assert.StartsWith($"Silo:SiloPort is {taken.Port}, but another process listens there", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_of_another_host_is_refused_with_both_settings()
    {
        var fault = Assert.Throws<PortUnavailableException>(() => PortCheck.ThrowIfTaken(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 11111), "Silo:SiloPort"));

        Assert.Contains("Set Silo:ListenAddress and Silo:SiloPort", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_free_is_still_free_afterwards()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var free = (IPEndPoint)listener.LocalEndpoint;
        listener.Stop();

        PortCheck.ThrowIfTaken(free, "Silo:SiloPort");
        PortCheck.ThrowIfTaken(free, "Silo:SiloPort");
    }
}
