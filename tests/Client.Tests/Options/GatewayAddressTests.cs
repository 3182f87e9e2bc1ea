namespace TaskerCore.Orleans.Client.Tests.Options;

public sealed class GatewayAddressTests
{
    [Theory]
    [InlineData("silo-1:30001", "silo-1", 30001)]
    [InlineData("silo-1", "silo-1", 30000)]
    [InlineData(" 10.0.0.7:443 ", "10.0.0.7", 443)]
    [InlineData("silo_1:1", "silo_1", 1)]
    [InlineData("[::1]:30002", "::1", 30002)]
    [InlineData("[fe80::1]", "fe80::1", 30000)]
    public void A_gateway_is_a_host_and_a_port(string text, string host, int port) =>
        Assert.Equal(new GatewayAddress(host, port), GatewayAddress.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("host:port")]
    [InlineData("host:70000")]
    [InlineData("host:0")]
    [InlineData("host:-1")]
    [InlineData("host:")]
    [InlineData(":30000")]
    [InlineData("[::1")]
    [InlineData("[::1]30000")]
    [InlineData("::1")]
    [InlineData("[host]:1")]
    [InlineData("http://host:1")]
    [InlineData("host/path")]
    public void Anything_else_is_an_error_that_shows_how_to_write_it(string text) =>
        Assert.Contains("write host:port", Assert.Throws<FormatException>(() => GatewayAddress.Parse(text)).Message, StringComparison.Ordinal);
}
