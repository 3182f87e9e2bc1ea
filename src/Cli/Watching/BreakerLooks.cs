using System.Runtime.CompilerServices;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Watching;

/// <summary>What was seen at one look: the breakers, or why none could be seen.</summary>
internal sealed record Look(IReadOnlyList<Breaker> Breakers, string? Fault);

/// <summary>Looks at one breaker or at all, again and again.</summary>
internal sealed class BreakerLooks(SiloApi api, string? name, TimeSpan interval, TimeProvider time)
{
    /// <summary>Looks until cancelled. The first look must succeed, so that a wrong address is told at once; later a silo may go and come
    /// back.</summary>
    /// <exception cref="CliFault">The first look failed, or the server refuses.</exception>
    public async IAsyncEnumerable<Look> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new Look(await FetchAsync(cancellationToken), Fault: null);
        while (true)
        {
            await Task.Delay(interval, time, cancellationToken);
            yield return await LookAsync(cancellationToken);
        }
    }

    private async Task<Look> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new Look(await FetchAsync(cancellationToken), Fault: null);
        }
        catch (CliFault fault) when (fault.ExitCode == ExitCode.Unreachable)
        {
            return new Look([], fault.Message);
        }
    }

    private async Task<IReadOnlyList<Breaker>> FetchAsync(CancellationToken cancellationToken) => name is null
        ? (await api.ListAsync(state: null, cancellationToken)).Value.Breakers
        : [(await api.GetAsync(name, cancellationToken)).Value];
}
