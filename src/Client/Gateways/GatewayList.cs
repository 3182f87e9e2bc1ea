using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Messaging;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>Gateways by address or DNS name, for Orleans: a shell around <see cref="GatewayNames"/>. Orleans asks every two seconds, so that a
/// gateway that hangs is soon left.</summary>
internal sealed partial class GatewayList : IGatewayListProvider
{
    /// <summary>How long a look-up may take before its name counts as one that cannot be resolved.</summary>
    public static readonly TimeSpan LookUpLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly GatewayNames _names;
    private readonly GatewayChoice _choice;
    private readonly Func<Uri, bool> _answers;
    private readonly Func<string, Task<IPAddress[]>> _resolve;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _startedAt;
    private readonly Dictionary<string, Task<LookUp>> _underWay = new(StringComparer.OrdinalIgnoreCase);
    private Task<IList<Uri>>? _refresh;
    private IReadOnlyList<Uri> _leftOut = [];

    /// <param name="gateways">As configured.</param>
    /// <param name="choice">Which of them to use when some hang.</param>
    /// <param name="answers">Whether a connection to the gateway is open and answers.</param>
    /// <param name="time">Of the refreshes.</param>
    /// <param name="logger">For failures of names.</param>
    /// <param name="resolve">The resolver. Null: the system's.</param>
    public GatewayList(
        IReadOnlyList<GatewayAddress> gateways,
        GatewayChoice choice,
        Func<Uri, bool> answers,
        TimeProvider time,
        ILogger<GatewayList> logger,
        Func<string, Task<IPAddress[]>>? resolve = null)
    {
        _names = new GatewayNames(gateways);
        _choice = choice;
        _answers = answers;
        _time = time;
        _logger = logger;
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
        _startedAt = time.GetTimestamp();
    }

    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(10);

    public bool IsUpdatable => true;

    private TimeSpan Now => _time.GetElapsedTime(_startedAt);

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public Task<IList<Uri>> GetGateways()
    {
        lock (_lock)
        {
            if (_refresh is not { IsCompleted: false })
            {
                _refresh = RefreshAsync();
            }

            return _refresh;
        }
    }

    private async Task<IList<Uri>> RefreshAsync()
    {
        await ResolveDueAsync().ConfigureAwait(false);
        var all = _names.Current(_answers);
        LogNames(all);
        var chosen = _choice.Choose(all);
        Uri[] leftOut = [.. all.Except(chosen)];
        if (!leftOut.SequenceEqual(_leftOut))
        {
            _leftOut = leftOut;
            if (leftOut.Length == 0)
            {
                LogAll();
            }
            else
            {
                LogLeftOut(leftOut);
            }
        }

        return [.. chosen];
    }

    /// <summary>Each name has one look-up at a time: a resolver that hangs holds a thread for each.</summary>
    private async Task ResolveDueAsync()
    {
        List<Task> started = [];
        foreach (var host in _names.Due(Now, _answers))
        {
            if (!_underWay.ContainsKey(host))
            {
                started.Add(_underWay[host] = LookUpAsync(host));
            }
        }

        try
        {
            await Task.WhenAll(started).WaitAsync(LookUpLimit, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogSlow(LookUpLimit);
        }

        foreach (var (host, lookUp) in _underWay.ToArray())
        {
            if (!lookUp.IsCompleted)
            {
                _names.Failed(host, "the resolver does not answer", Now);
                continue;
            }

            _underWay.Remove(host);
            var found = await lookUp.ConfigureAwait(false);
            if (found.Fault is { } fault)
            {
                _names.Failed(host, fault, Now);
            }
            else
            {
                _names.Resolved(host, found.Addresses, Now);
            }
        }
    }

    private async Task<LookUp> LookUpAsync(string host)
    {
        try
        {
            return new LookUp(await _resolve(host).ConfigureAwait(false), null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogFault(host, exception);
            return new LookUp([], exception.Message);
        }
    }

    private void LogNames(IReadOnlyList<Uri> inUse)
    {
        var changes = _names.TakeChanges();
        if (changes.Failed.Count > 0)
        {
            LogNotResolved(
                string.Join(", ", changes.Failed.Select(failure => $"{failure.Host} ({failure.Reason})")),
                inUse.Count == 0 ? "none" : string.Join(", ", inUse.Select(gateway => gateway.Authority)));
        }

        if (changes.Recovered.Count > 0)
        {
            LogResolved(string.Join(", ", changes.Recovered), string.Join(", ", inUse.Select(gateway => gateway.Authority)));
        }
    }

    /// <summary>What a look-up brought: addresses, or why there are none.</summary>
    private sealed record LookUp(IReadOnlyList<IPAddress> Addresses, string? Fault);

    [LoggerMessage(EventIds.GatewaysNotResolved, LogLevel.Warning, "Gateway names cannot be resolved: {Names}. Connections stay open; gateways in use meanwhile: {Gateways}")]
    private partial void LogNotResolved(string names, string gateways);

    [LoggerMessage(EventIds.GatewaysLeftOut, LogLevel.Warning, "Calls stay unanswered though the cluster is connected: a gateway hangs. Not used for a while: {Gateways}")]
    private partial void LogLeftOut(IReadOnlyList<Uri> gateways);

    [LoggerMessage(EventIds.GatewaysAll, LogLevel.Information, "All gateways are used again")]
    private partial void LogAll();

    [LoggerMessage(EventIds.GatewaysResolved, LogLevel.Information, "Gateway names resolve again: {Names}. Gateways in use: {Gateways}")]
    private partial void LogResolved(string names, string gateways);

    [LoggerMessage(EventIds.GatewaysSlow, LogLevel.Debug, "The resolver has not answered within {Limit}")]
    private partial void LogSlow(TimeSpan limit);

    [LoggerMessage(EventIds.GatewaysFault, LogLevel.Debug, "The look-up of {Host} failed")]
    private partial void LogFault(string host, Exception exception);
}
