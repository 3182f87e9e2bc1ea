using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Fleet.Live;

namespace TaskerCore.Orleans.Fleet.Tests.Live;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "no silo runs")]
    [InlineData(1, "1 silo runs")]
    [InlineData(2, "2 silos run")]
    public void A_number_of_things_has_the_grammar_of_the_number(int count, string words) => Assert.Equal(words, Words.Count(count, "silo runs", "silos run"));

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a,b", "a and b")]
    [InlineData("a,b,c", "a, b and c")]
    public void Names_are_a_list(string names, string words) => Assert.Equal(words, Words.List(names.Split(',')));

    [Theory]
    [InlineData(BreakerMode.Connected, "cluster")]
    [InlineData(BreakerMode.Local, "alone")]
    [InlineData(BreakerMode.Starting, "starting")]
    public void A_mode_says_who_decides(BreakerMode mode, string words) => Assert.Equal(words, Words.Of(mode));

    [Fact]
    public void States_and_causes_are_in_small_letters()
    {
        Assert.Equal("half-open", Words.Of(BreakerState.HalfOpen));
        Assert.Equal("probes succeeded", Words.Of(TransitionCause.ProbesSucceeded, ' '));
    }

    [Fact]
    public void Seconds_are_rounded_up() => Assert.Equal(["0 s", "1 s", "12 s"], new[] { 0, 0.1, 12 }.Select(seconds => Words.Seconds(TimeSpan.FromSeconds(seconds))));
}
