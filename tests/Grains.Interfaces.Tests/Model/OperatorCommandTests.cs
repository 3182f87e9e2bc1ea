namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Model;

/// <summary>S10: what a command must have.</summary>
public sealed class OperatorCommandTests
{
    private static readonly OperatorCommand Good = new() { Kind = CommandKind.ForceOpen, Reason = "drill", Actor = "ops" };

    [Fact]
    public void S10_a_good_command_has_no_fault()
    {
        Assert.Empty(Good.Validate());
        Assert.Empty((Good with { Ttl = TimeSpan.FromSeconds(1) }).Validate());
        Assert.Empty((Good with { Ttl = TimeSpan.FromSeconds(31_536_000), Reason = new string('r', 500), Actor = new string('a', 128) }).Validate());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(0.5)]
    [InlineData(31_536_001)]
    public void S10_a_ttl_is_a_second_to_a_year(double seconds) =>
        Assert.Equal("ttl_seconds", Assert.Single((Good with { Ttl = TimeSpan.FromSeconds(seconds) }).Validate()).Field);

    [Theory]
    [InlineData(CommandKind.Release)]
    [InlineData(CommandKind.Reset)]
    public void S10_only_forcing_takes_a_ttl(CommandKind kind) =>
        Assert.Equal("ttl_seconds", Assert.Single((Good with { Kind = kind, Ttl = TimeSpan.FromSeconds(5) }).Validate()).Field);

    [Fact]
    public void S10_all_faults_are_told_at_once()
    {
        var faults = new OperatorCommand { Kind = (CommandKind)9, Reason = new string('r', 501), Actor = " " }.Validate();

        Assert.Equal(["reason", "actor", "kind"], faults.Select(fault => fault.Field));
        Assert.All(faults, fault => Assert.False(string.IsNullOrWhiteSpace(fault.Message)));
    }

    [Fact]
    public void S10_each_fault_says_what_is_allowed()
    {
        Assert.Equal("is required: 1-500 characters", Fault(Good with { Reason = "" }));
        Assert.Equal("has 129 characters; 1-128 are allowed", Fault(Good with { Actor = new string('a', 129) }));
        Assert.Equal("must not contain control characters", Fault(Good with { Actor = "a\t" }));
        Assert.Equal("unknown command 9", Fault(Good with { Kind = (CommandKind)9 }));
        Assert.Equal("is only allowed with force-open and force-closed", Fault(Good with { Kind = CommandKind.Reset, Ttl = TimeSpan.FromSeconds(5) }));
        Assert.Equal("must be 1-31536000 seconds", Fault(Good with { Ttl = TimeSpan.Zero }));

        static string Fault(OperatorCommand command) => Assert.Single(command.Validate()).Message;
    }

    [Fact]
    public void S10_control_characters_have_no_place_in_a_log() =>
        Assert.Equal("reason", Assert.Single((Good with { Reason = "a\r\nfaked log line" }).Validate()).Field);
}
