namespace TaskerCore.Orleans.Client;

/// <summary>How one breaker stands, in the data of a health report.</summary>
/// <param name="State">Its state, as the HTTP API writes it: <c>closed</c>, <c>half_open</c>, <c>open</c>, <c>forced_open</c>, <c>forced_closed</c>.</param>
/// <param name="Mode">Who decides: <c>connected</c>, <c>starting</c>, <c>local</c>, <c>refused</c>.</param>
/// <param name="RemainingSeconds">Seconds until an open circuit probes, or until a forced state ends; null where neither is to come.</param>
public sealed record BreakerHealth(string State, string Mode, double? RemainingSeconds);
