namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Model;

public sealed class NearestNamesTests
{
    private static readonly string[] Known = ["pgmq", "pgmq/orders", "billing", "http/billing.example.org", "cache"];

    [Theory]
    [InlineData("pgmg", "pgmq")]
    [InlineData("pgqm", "pgmq")]
    [InlineData("PGMQ", "pgmq,pgmq/orders")]
    [InlineData("biling", "billing")]
    [InlineData("billing", "http/billing.example.org")]
    [InlineData("pgmq/ordres", "pgmq/orders,pgmq")]
    [InlineData("pgmq:orders", "pgmq/orders,pgmq")]
    [InlineData("orders", "pgmq/orders")]
    [InlineData("nosuch", "")]
    [InlineData("x", "")]
    public void The_nearest_known_names_are_found(string unknown, string expected) => Assert.Equal(expected, string.Join(',', NearestNames.Find(unknown, Known)));

    [Fact]
    public void No_more_than_three_are_named() =>
        Assert.Equal(["a1", "a2", "a3"], NearestNames.Find("a0", Enumerable.Range(1, 9).Reverse().Select(number => $"a{number}")));

    [Fact]
    public void Long_and_many_names_are_compared_in_a_moment() =>
        Assert.Empty(NearestNames.Find(new string('x', 128), Enumerable.Range(0, 100_000).Select(number => new string((char)('a' + (number % 20)), 128))));
}
