using System.Net;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Silo.Api.Access;

namespace TaskerCore.Orleans.Silo.Tests.Api.Access;

public sealed class FailureLimitTests
{
    private static readonly IPAddress Guesser = IPAddress.Parse("203.0.113.7");
    private readonly FakeTimeProvider _time = new();
    private readonly FailureLimit _limit;

    public FailureLimitTests() => _limit = new FailureLimit(_time);

    [Fact]
    public void An_address_may_fail_so_often_in_a_window_and_then_waits_for_its_end()
    {
        Fail(Guesser, FailureLimit.Most - 1);
        Assert.Null(_limit.RetryAfter(Guesser));
        _time.Advance(TimeSpan.FromSeconds(20));
        Fail(Guesser, 1);

        Assert.Equal(TimeSpan.FromSeconds(40), _limit.RetryAfter(Guesser));
        _time.Advance(TimeSpan.FromSeconds(40) - TimeSpan.FromTicks(1));
        Assert.NotNull(_limit.RetryAfter(Guesser));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_limit.RetryAfter(Guesser));

        Fail(Guesser, 1);
        Assert.Null(_limit.RetryAfter(Guesser));
    }

    [Fact]
    public void Other_addresses_are_not_affected()
    {
        Fail(Guesser, FailureLimit.Most);

        Assert.Null(_limit.RetryAfter(IPAddress.Parse("203.0.113.8")));
        Assert.Null(_limit.RetryAfter(null));
    }

    [Theory]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void A_host_does_not_get_more_guesses_by_more_addresses(string failing, string other, bool same)
    {
        Fail(IPAddress.Parse(failing), FailureLimit.Most);

        Assert.Equal(same, _limit.RetryAfter(IPAddress.Parse(other)) is not null);
    }

    [Fact]
    public void Many_addresses_cost_bounded_memory_the_oldest_is_forgotten()
    {
        Fail(Guesser, FailureLimit.Most);
        for (var other = 1; other < FailureLimit.MaxAddresses; other++)
        {
            Fail(new IPAddress(other), 1);
        }

        Assert.NotNull(_limit.RetryAfter(Guesser));
        Fail(new IPAddress(FailureLimit.MaxAddresses), 1);
        Assert.Null(_limit.RetryAfter(Guesser));
    }

    private void Fail(IPAddress address, int times)
    {
        for (var time = 0; time < times; time++)
        {
            _limit.Add(address);
        }
    }
}
