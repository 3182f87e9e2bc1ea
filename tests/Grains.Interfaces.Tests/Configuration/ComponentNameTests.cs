namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Configuration;

/// <summary>S19: what a component may be called.</summary>
public sealed class ComponentNameTests
{
    [Theory]
    [InlineData("pgmq")]
    [InlineData("pgmq/orders")]
    [InlineData("a.b_c-d:E/9")]
    [InlineData("/")]
    public void S19_a_name_has_letters_digits_and_a_few_signs(string name) => Assert.True(ComponentName.IsValid(name));

    [Theory]
    [InlineData(null, "empty")]
    [InlineData("", "empty")]
    [InlineData("a b", "U+0020 at position 2")]
    [InlineData("Ünits", "U+00DC at position 1")]
    [InlineData("a\n", "U+000A at position 2")]
    [InlineData("a\0", "U+0000 at position 2")]
    [InlineData("a'; DROP TABLE x", "U+0027 at position 2")]
    public void S19_anything_else_is_refused_and_the_error_says_what_is_allowed(string? name, string fault)
    {
        Assert.False(ComponentName.IsValid(name));
        Assert.Contains(fault, ComponentName.Fault(name), StringComparison.Ordinal);
        Assert.Contains("1-128 characters", ComponentName.Fault(name), StringComparison.Ordinal);
    }

    [Fact]
    public void S19_a_name_has_at_most_128_characters()
    {
        Assert.True(ComponentName.IsValid(new string('x', 128)));
        Assert.Contains("U+0020 at position 128", ComponentName.Fault(new string('x', 127) + ' '), StringComparison.Ordinal);
        Assert.Contains("has 129 characters", Assert.Throws<ArgumentException>(() => ComponentName.ThrowIfInvalid(new string('x', 129))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => ComponentName.ThrowIfInvalid(null));
    }
}
