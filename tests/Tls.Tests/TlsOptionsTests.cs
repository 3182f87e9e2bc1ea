namespace TaskerCore.Orleans.Tls.Tests;

public sealed class TlsOptionsTests
{
    [Fact]
    public void None_of_the_three_is_not_set_and_all_of_them_are()
    {
        Assert.False(new TlsOptions().IsSet);
        Assert.False(new TlsOptions { CertificatePath = "", KeyPath = " ", CaPath = null }.IsSet);
        var all = new TlsOptions { CertificatePath = "c", KeyPath = "k", CaPath = "a" };
        Assert.True(all.IsSet);
        Assert.Null(all.Fault("Silo:Tls:"));
    }

    [Theory]
    [InlineData("c", null, null, "Silo:Tls:KeyPath and Silo:Tls:CaPath are not set: CertificatePath, KeyPath and CaPath must be set together")]
    [InlineData("c", "k", "", "Silo:Tls:CaPath is not set: CertificatePath, KeyPath and CaPath must be set together")]
    [InlineData(" ", "k", "a", "Silo:Tls:CertificatePath is not set: CertificatePath, KeyPath and CaPath must be set together")]
    public void What_is_missing_is_named(string? certificate, string? key, string? ca, string fault)
    {
        var options = new TlsOptions { CertificatePath = certificate, KeyPath = key, CaPath = ca };

        Assert.True(options.IsSet);
        Assert.Equal(fault, options.Fault("Silo:Tls:"));
    }
}
