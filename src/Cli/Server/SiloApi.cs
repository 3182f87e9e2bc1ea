using System.Net.Http.Json;
using TaskerCore.Orleans.Cli.Shell;
using TaskerCore.Orleans.Configuration;

namespace TaskerCore.Orleans.Cli.Server;

/// <summary>The HTTP API of a cluster, by one or more of its silos: the next is asked where one does not serve. What is refused, and that none
/// serves, is a <see cref="CliFault"/>.</summary>
internal sealed class SiloApi(IReadOnlyList<SiloClient> servers) : IDisposable
{
    private int _current;

    /// <summary>The server that answered last; before that, the one that is asked first.</summary>
    public Uri Url => servers[_current].Url;

    public Task<Answer<BreakerList>> ListAsync(string? state, CancellationToken cancellationToken) =>
        AskAsync<BreakerList>(state is null ? "api/breakers" : $"api/breakers?state={Uri.EscapeDataString(state)}", cancellationToken);

    public Task<Answer<Breaker>> GetAsync(string name, CancellationToken cancellationToken) =>
        AskAsync<Breaker>("api/breaker" + Query(name), cancellationToken);

    public Task<Answer<History>> HistoryAsync(string name, CancellationToken cancellationToken) =>
        AskAsync<History>("api/breaker/history" + Query(name), cancellationToken);

    /// <summary>What settings hold, and where they come from.</summary>
    /// <param name="name">The component; null: all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Answer<ConfigurationReport>> ConfigurationAsync(string? name, CancellationToken cancellationToken) =>
        AskAsync<ConfigurationReport>("api/config" + (name is null ? string.Empty : Query(name)), cancellationToken);

    /// <summary>Gives a command. It is sent to another server only where it is certain that none has carried it out.</summary>
    public Task<Answer<CommandOutcome>> CommandAsync(string name, string command, CommandBody body, CancellationToken cancellationToken)
    {
        var path = $"api/breaker/{command}{Query(name)}";
        return TryEachAsync(
            server => server.SendAsync<CommandOutcome>(HttpMethod.Post, path, JsonContent.Create(body, options: Json.Options), cancellationToken),
            fault => fault.Server == ServerState.Untouched);
    }

    public void Dispose()
    {
        foreach (var server in servers)
        {
            server.Dispose();
        }
    }

    /// <summary>A component's name as a query: nothing between here and the silo changes that, whatever is in the name.</summary>
    private static string Query(string name) => ComponentName.IsValid(name)
        ? $"?name={Uri.EscapeDataString(name)}"
        : throw new CliFault(ExitCode.Invalid, ComponentName.Fault(name));

    private Task<Answer<T>> AskAsync<T>(string path, CancellationToken cancellationToken) =>
        TryEachAsync(server => server.SendAsync<T>(HttpMethod.Get, path, body: null, cancellationToken), fault => fault.Server != ServerState.Answers);

    private async Task<Answer<T>> TryEachAsync<T>(Func<SiloClient, Task<Answer<T>>> send, Func<CliFault, bool> mayTryNext)
    {
        var faults = new List<CliFault>();
        for (var tried = 0; ; tried++)
        {
            try
            {
                return await send(servers[_current]);
            }
            catch (CliFault fault) when (servers.Count > 1 && mayTryNext(fault))
            {
                faults.Add(fault);
                _current = (_current + 1) % servers.Count;
                if (tried + 1 == servers.Count)
                {
                    throw new CliFault(ExitCode.Unreachable, $"None of the {servers.Count} servers answers. {string.Join(' ', faults.Select(each => each.Message).Distinct())}");
                }
            }
        }
    }
}

/// <summary>What is sent with a command.</summary>
internal sealed record CommandBody(
    string Reason, string Actor, double? TtlSeconds, [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] bool? Create);
