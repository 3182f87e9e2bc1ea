using System.Runtime.CompilerServices;
using TaskerCore.Orleans.Client.Http;

namespace TaskerCore.Orleans.Client.Tests.Http;

public sealed class LatestClientTests
{
    [Fact]
    public void The_timeout_is_the_one_that_the_client_has_now()
    {
        var latest = new LatestClient();
        Assert.Equal(Timeout.InfiniteTimeSpan, latest.TimeoutAfter);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(100) };
        latest.Remember(client);
        Assert.Equal(TimeSpan.FromSeconds(90), latest.TimeoutAfter);

        client.Timeout = TimeSpan.FromSeconds(10);

        Assert.Equal(TimeSpan.FromSeconds(9), latest.TimeoutAfter);
        client.Timeout = Timeout.InfiniteTimeSpan;
        Assert.Equal(Timeout.InfiniteTimeSpan, latest.TimeoutAfter);
    }

    [Fact]
    public void A_client_is_not_kept_alive_and_its_timeout_is_remembered()
    {
        var latest = new LatestClient();
        var client = RememberOne(latest);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(client.IsAlive);
        Assert.Equal(TimeSpan.FromSeconds(9), latest.TimeoutAfter);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RememberOne(LatestClient latest)
    {
        var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        latest.Remember(client);
        return new WeakReference(client);
    }
}
