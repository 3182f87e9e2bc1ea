using TaskerCore.Orleans.Cli.Output;

namespace TaskerCore.Orleans.Cli.Tests.Output;

public sealed class DescriptorTests
{
    [Theory]
    [InlineData("flags:\t0100001", true)]
    [InlineData("flags:\t0100002", true)]
    [InlineData("flags:\t02100002", false)]
    [InlineData("flags:\t0100000", false)]
    [InlineData("mnt_id:\t25", true)]
    public void What_is_closed_when_a_program_is_started_or_cannot_be_written_was_not_given_to_it(string line, bool expected) =>
        Assert.Equal(expected, Descriptor.IsInherited(["pos:\t0", line]));
}
