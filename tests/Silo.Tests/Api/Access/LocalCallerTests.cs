using System.Net;
using Microsoft.AspNetCore.Http;
using TaskerCore.Orleans.Silo.Api.Access;

namespace TaskerCore.Orleans.Silo.Tests.Api.Access;

/// <summary>S10: which requests come from this machine itself.</summary>
public sealed class LocalCallerTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData(null, false)]
    public void S10_it_is_one_with_a_loopback_address(string? address, bool isLocal) => Assert.Equal(isLocal, LocalCaller.Is(Request(address)));

    [Theory]
    [InlineData("Forwarded")]
    [InlineData("x-forwarded-for")]
    [InlineData("X-Envoy-External-Address")]
    [InlineData("l5d-client-id")]
    [InlineData("Via")]
    public void S10_a_header_of_a_proxy_makes_it_none_whatever_it_says(string header)
    {
        var request = Request("127.0.0.1");
        request.Request.Headers[header] = "127.0.0.1";

        Assert.False(LocalCaller.Is(request));
    }

    [Theory]
    [InlineData("http://localhost:5080", true)]
    [InlineData("http://attacker.example", false)]
    [InlineData("null", false)]
    public void S10_a_page_of_another_site_in_a_browser_here_is_none(string origin, bool isLocal)
    {
        var request = Request("127.0.0.1");
        request.Request.Headers.Origin = origin;

        Assert.Equal(isLocal, LocalCaller.Is(request));
    }

    private static DefaultHttpContext Request(string? address) =>
        new() { Connection = { RemoteIpAddress = address is null ? null : IPAddress.Parse(address) } };
}
