using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Wire;

/// <summary>What silos show each other.</summary>
public sealed class SiloPassTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];
    private readonly SiloPass _pass = SiloPass.From(Key);

    [Fact]
    public void Silos_with_one_key_have_one_pass() => Assert.True(_pass.Matches(SiloPass.From(Key)));

    [Fact]
    public void The_key_is_not_in_the_pass() => Assert.NotEqual(Key, _pass.Proof);

    [Fact]
    public void Another_keys_pass_an_empty_one_and_none_do_not_match()
    {
        Assert.False(_pass.Matches(SiloPass.From(new byte[32])));
        Assert.False(_pass.Matches(new SiloPass { Proof = [] }));
        Assert.False(_pass.Matches(new SiloPass { Proof = default }));
        Assert.False(_pass.Matches(null));
    }
}
