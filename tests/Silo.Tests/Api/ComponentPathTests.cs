using TaskerCore.Orleans.Silo.Api;

namespace TaskerCore.Orleans.Silo.Tests.Api;

public sealed class ComponentPathTests
{
    [Theory]
    [InlineData("pgmq", "pgmq", null)]
    [InlineData("pgmq/", "pgmq", null)]
    [InlineData("pgmq/history", "pgmq", "history")]
    [InlineData("pgmq/history/", "pgmq", "history")]
    [InlineData("pgmq/orders", "pgmq/orders", null)]
    [InlineData("pgmq/orders/history", "pgmq/orders", "history")]
    [InlineData("pgmq%2Forders/history", "pgmq/orders", "history")]
    [InlineData("pgmq%2fhistory", "pgmq/history", null)]
    [InlineData("pgmq%252Fhistory/history", "pgmq/history", "history")]
    [InlineData("history", "history", null)]
    [InlineData("a//b", "a//b", null)]
    [InlineData("", "", null)]
    [InlineData(null, "", null)]
    public void A_path_is_split_into_the_name_and_a_known_last_segment(string? rest, string name, string? last) =>
        Assert.Equal((name, last), ComponentPath.Split(rest, "history"));

    [Theory]
    [InlineData("/api/breakers/a.b/..c", false)]
    [InlineData("/api/breakers/a/..", true)]
    [InlineData("/api/breakers/a/../b", true)]
    [InlineData("/api/breakers/%2e/b", true)]
    [InlineData("/api/breakers/.%2E/b?x=1", true)]
    [InlineData("/api/breaker?name=a/../b", false)]
    public void Dots_count_where_they_are_a_whole_segment_of_the_path(string target, bool expected) => Assert.Equal(expected, ComponentPath.HasDots(target));
}
