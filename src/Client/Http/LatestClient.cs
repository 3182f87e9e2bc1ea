namespace TaskerCore.Orleans.Client.Http;

/// <summary>The client of a name that the factory made last, for its timeout: a typed client's constructor may set it after the client was
/// made. It is not kept alive. Safe for any number of threads.</summary>
internal sealed class LatestClient
{
    private const double TimersAreEarly = 0.9;

    private readonly WeakReference<HttpClient?> _client = new(null);
    private long _timeout = Timeout.InfiniteTimeSpan.Ticks;

    public void Remember(HttpClient client)
    {
        Volatile.Write(ref _timeout, client.Timeout.Ticks);
        _client.SetTarget(client);
    }

    /// <summary>From when on a cancelled request was ended by the client's timeout. It began before the handler's turn, so a part of it
    /// is left out.</summary>
    public TimeSpan TimeoutAfter
    {
        get
        {
            var timeout = _client.TryGetTarget(out var client) ? client.Timeout : new TimeSpan(Volatile.Read(ref _timeout));
            return timeout == Timeout.InfiniteTimeSpan ? timeout : timeout * TimersAreEarly;
        }
    }
}
