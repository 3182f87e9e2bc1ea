using Microsoft.Extensions.Configuration;
using TaskerCore.Orleans.Silo.Api.Access;

namespace TaskerCore.Orleans.Silo.Tests.Api.Access;

/// <summary>Where commands without a key are accepted from loopback.</summary>
public sealed class LoopbackCommandsTests
{
    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData(null, null, "false", true)]
    [InlineData(null, null, "0", true)]
    [InlineData(null, "", null, true)]
    [InlineData(null, "10.96.0.1", null, false)]
    [InlineData(null, "10.96.0.1", "false", false)]
    [InlineData(null, null, "true", false)]
    [InlineData(null, null, "True", false)]
    [InlineData(null, null, "1", false)]
    [InlineData("auto", null, "true", false)]
    [InlineData("Auto", "10.96.0.1", null, false)]
    [InlineData("", "10.96.0.1", null, false)]
    [InlineData("auto", null, null, true)]
    [InlineData("true", "10.96.0.1", "true", true)]
    [InlineData("True", "10.96.0.1", "true", true)]
    [InlineData("false", null, null, false)]
    public void The_setting_decides_and_where_it_is_auto_where_the_silo_runs(string? setting, string? kubernetes, string? container, bool accepted)
    {
        var loopback = Read(setting, kubernetes, container, out var fault);

        Assert.Null(fault);
        Assert.Equal(accepted, loopback.Accepted);
        Assert.Equal(accepted, loopback.Why is null);
    }

    [Theory]
    [InlineData(null, "10.96.0.1", null, "KUBERNETES_SERVICE_HOST")]
    [InlineData(null, null, "true", "DOTNET_RUNNING_IN_CONTAINER")]
    [InlineData("false", null, null, "Api:CommandsFromLoopback")]
    public void The_reason_names_what_decided(string? setting, string? kubernetes, string? container, string name) =>
        Assert.Contains(name, Read(setting, kubernetes, container, out _).Why, StringComparison.Ordinal);

    [Theory]
    [InlineData("yes")]
    [InlineData("1")]
    [InlineData("loopback")]
    public void Another_value_is_a_fault_that_names_the_values_and_accepts_nothing(string setting)
    {
        var loopback = Read(setting, null, null, out var fault);

        Assert.False(loopback.Accepted);
        Assert.Equal("Api:CommandsFromLoopback must be auto, true or false", fault);
        var error = Assert.Throws<InvalidOperationException>(() => ApiKeys.Read(Configuration(setting, null, null)));
        Assert.Contains(fault!, error.Message, StringComparison.Ordinal);
    }

    private static LoopbackCommands Read(string? setting, string? kubernetes, string? container, out string? fault) =>
        LoopbackCommands.Read(Configuration(setting, kubernetes, container), out fault);

    private static IConfiguration Configuration(string? setting, string? kubernetes, string? container) => new ConfigurationBuilder().AddInMemoryCollection(
    [
        KeyValuePair.Create("Api:CommandsFromLoopback", setting),
        KeyValuePair.Create("KUBERNETES_SERVICE_HOST", kubernetes),
        KeyValuePair.Create("DOTNET_RUNNING_IN_CONTAINER", container),
    ]).Build();
}
