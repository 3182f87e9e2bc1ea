using TaskerCore.Orleans.Client.Http;

namespace TaskerCore.Orleans.Client.Tests.Http;

public sealed class HttpComponentTests
{
    [Theory]
    [InlineData("https://api.example.com/orders?id=1", "http/api.example.com")]
    [InlineData("http://api.example.com", "http/api.example.com")]
    [InlineData("https://API.Example.com:8443/", "http/api.example.com:8443")]
    [InlineData("http://api.example.com:443/", "http/api.example.com:443")]
    [InlineData("http://user:secret@host_1/", "http/host_1")]
    [InlineData("http://127.0.0.1:5000/", "http/127.0.0.1:5000")]
    [InlineData("http://[::1]/", "http/_::1_")]
    [InlineData("http://[::1]:8080/", "http/_::1_:8080")]
    [InlineData("https://bücher.example/", "http/xn--bcher-kva.example")]
    public void S19_a_host_and_its_port_name_a_component(string address, string component)
    {
        Assert.Equal(component, HttpComponent.OfHost(new HttpRequestMessage(HttpMethod.Get, address)));
        Assert.True(ComponentName.IsValid(component));
    }

    [Fact]
    public void Hosts_that_are_too_long_for_a_name_keep_breakers_of_their_own()
    {
        var domain = string.Join('.', Enumerable.Repeat(new string('a', 49), 3));
        var one = HttpComponent.OfHost(new HttpRequestMessage(HttpMethod.Get, $"https://{domain}.one/"));
        var other = HttpComponent.OfHost(new HttpRequestMessage(HttpMethod.Get, $"https://{domain}.two/"));

        Assert.Equal((ComponentName.MaxLength, ComponentName.MaxLength), (one.Length, other.Length));
        Assert.True(ComponentName.IsValid(one) && ComponentName.IsValid(other));
        Assert.NotEqual(one, other);
        Assert.StartsWith("http/aaaa", one, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData(null)]
    public void A_request_without_a_host_says_what_to_set(string? address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);

        var fault = Assert.Throws<InvalidOperationException>(() => HttpComponent.OfHost(request));

        Assert.Contains("HttpClient.BaseAddress", fault.Message, StringComparison.Ordinal);
    }
}
