using Microsoft.Extensions.Time.Testing;

namespace TaskerCore.Orleans.Tls.Tests;

public sealed class FailureNewsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FailureNews _news;

    public FailureNewsTests() => _news = new FailureNews(_time);

    [Fact]
    public void A_peers_failure_is_news_once_and_again_for_another_reason_or_after_a_while()
    {
        Assert.True(_news.Is("10.0.0.1", "expired"));
        Assert.False(_news.Is("10.0.0.1", "expired"));
        Assert.True(_news.Is("10.0.0.2", "expired"));
        Assert.True(_news.Is("10.0.0.1", "no certificate"));

        _time.Advance(FailureNews.Repeat - TimeSpan.FromTicks(1));
        Assert.False(_news.Is("10.0.0.1", "no certificate"));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(_news.Is("10.0.0.1", "no certificate"));
    }

    [Fact]
    public void Many_peers_cost_bounded_memory()
    {
        Assert.True(_news.Is("first", "expired"));
        for (var peer = 1; peer < FailureNews.MaxPeers; peer++)
        {
            _news.Is($"peer {peer}", "expired");
        }

        Assert.False(_news.Is("first", "expired"));
        _news.Is("one more", "expired");
        Assert.True(_news.Is("first", "expired"));
    }
}
