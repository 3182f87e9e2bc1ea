using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;
using TaskerCore.Orleans.Grains.Edge;
using TaskerCore.Orleans.Grains.Hosting;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Directory;

/// <summary>The shell of the directory: feeds <see cref="DirectoryCore"/>, tells breakers of new settings, asks them all.</summary>
[Reentrant]
internal sealed partial class BreakerDirectoryGrain : Grain, IBreakerDirectoryGrain
{
    private static readonly TimeSpan FirstReadLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QueryLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QueryLimitPerBreaker = TimeSpan.FromMilliseconds(0.2);
    private static readonly TimeSpan PolicyRetry = TimeSpan.FromSeconds(1);
    private const int Concurrency = 64;

    private readonly ILogger<BreakerDirectoryGrain> _logger;
    private readonly GrainClock _clock;
    private readonly CallGuard _guard;
    private readonly StoredRow<StoredDirectory> _row;
    private readonly LocalConfiguration? _local;
    private readonly Dictionary<string, BreakerDetails> _lastKnown = new(StringComparer.Ordinal);
    private DirectoryCore _core = null!;
    private IGrainTimer _timer = null!;
    private long _spreading;

    public BreakerDirectoryGrain(IServiceProvider services, IGrainContext context, CallGuard guard, ILogger<BreakerDirectoryGrain> logger)
    {
        _guard = guard;
        _logger = logger;
        _clock = new GrainClock(services);
        _local = services.GetService<LocalConfiguration>();
        _row = new StoredRow<StoredDirectory>(services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Rows), "directory", context.GrainId);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _core = new DirectoryCore(Guid.NewGuid(), _local?.Current.Configuration ?? new CircuitBreakerConfiguration(), _clock.Now);
        _timer = this.RegisterGrainTimer(
            static (grain, _) =>
            {
                grain.CarryOut();
                return Task.CompletedTask;
            },
            this,
            new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        _core.TakeRead(_clock.Now);
        await ReadAsync(FirstReadLimit);
        CarryOut();
    }

    public ValueTask<AdmissionAnswer> AdmitAsync(string component, bool exists, SiloPass? pass)
    {
        _guard.ThrowUnlessSilo(pass);
        var answer = _core.Admit(component, exists);
        CarryOut();
        return ValueTask.FromResult(answer);
    }

    public ValueTask<ConfigurationAnswer> OfferConfigurationAsync(ConfigurationOffer offer, SiloPass? pass)
    {
        _guard.ThrowUnlessSilo(pass);
        var before = _core.Version;
        var answer = _core.Offer(offer, _clock.Now.Utc);
        if (answer.Version != before)
        {
            LogNewSettings(answer.Version);
        }

        CarryOut();
        return ValueTask.FromResult(answer);
    }

    public ValueTask<ConfigurationOverview> ReportConfigurationAsync(SiloConfiguration report, SiloPass? pass)
    {
        _guard.ThrowUnlessSilo(pass);
        return ValueTask.FromResult(_core.Report(report, _clock.Now));
    }

    public ValueTask<ConfigurationInForce> GetConfigurationAsync() => ValueTask.FromResult(_core.InForceAt(_clock.Now));

    public async ValueTask<ImmutableArray<BreakerDetails>> ListAsync(BreakerFilter filter)
    {
        var neverUsed = _core.NeverUsed.Select(component => BreakerDetails.NeverUsed(component, _core.Configuration.PolicyFor(component, _core.Version)));
        var used = await DetailsOfAllAsync();
        return
        [
            .. used.Concat(neverUsed)
                .Where(breaker => filter.State is not { } state || breaker.State == state)
                .OrderBy(breaker => breaker.Component, StringComparer.Ordinal),
        ];
    }

    public async ValueTask<BreakerDetails?> GetAsync(string component)
    {
        if (_core.Created.Contains(component))
        {
            return await DetailsAsync(component);
        }

        return _core.Configuration.IsConfigured(component)
            ? BreakerDetails.NeverUsed(component, _core.Configuration.PolicyFor(component, _core.Version))
            : null;
    }

    public async ValueTask<ImmutableArray<BreakerTransition>?> GetHistoryAsync(string component)
    {
        if (_core.Created.Contains(component))
        {
            return await GrainFactory.Breaker(component).GetHistoryAsync();
        }

        return _core.Configuration.IsConfigured(component) ? [] : null;
    }

    public ValueTask<ComponentStanding> LookUpAsync(string component) => ValueTask.FromResult(_core.LookUp(component));

    public async ValueTask<int> WakeAllAsync(SiloPass? pass)
    {
        _guard.ThrowUnlessSilo(pass);
        string[] components = [.. _core.Created];
        await EachAsync(components, WakeAsync);
        return components.Length;
    }

    private async Task WakeAsync(string component)
    {
        try
        {
            await AskAsync(component);
        }
        catch (Exception exception)
        {
            LogNoDetails(component, exception);
        }
    }

    /// <summary>Does what the core says is to be done now. Nothing here waits.</summary>
    private void CarryOut()
    {
        var now = _clock.Now;
        if (_core.TakeRead(now))
        {
            ReadAgainAsync().Ignore();
        }

        if (_core.TakeWrite(now) is { } record)
        {
            WriteAsync(record).Ignore();
        }

        if (_core.Version > _spreading)
        {
            SpreadSettingsAsync(_spreading = _core.Version).Ignore();
        }

        _timer.Change(Wake.In(_core.NextWake, _clock.Now), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Tells every breaker of the newest settings until it took them, or there are newer ones (S18).</summary>
    private async Task SpreadSettingsAsync(long version)
    {
        var pending = _core.Created.ToList();
        while (pending.Count > 0 && version == _core.Version)
        {
            var failed = new ConcurrentBag<string>();
            await EachAsync(pending, component => TellAsync(component, version, failed));
            pending = [.. failed];
            if (pending.Count > 0)
            {
                await Task.Delay(PolicyRetry);
            }
        }
    }

    private async Task TellAsync(string component, long version, ConcurrentBag<string> failed)
    {
        try
        {
            await GrainFactory.Breaker(component).ApplyPolicyAsync(_core.Configuration.PolicyFor(component, version), _guard.Pass);
        }
        catch (Exception exception)
        {
            LogNotTold(component, version, exception);
            failed.Add(component);
        }
    }

    /// <summary>Does something with each breaker, with a few at a time.</summary>
    private static async Task EachAsync(IReadOnlyCollection<string> components, Func<string, Task> action)
    {
        using var slots = new SemaphoreSlim(Concurrency);
        await Task.WhenAll(components.Select(async component =>
        {
            await slots.WaitAsync();
            try
            {
                await action(component);
            }
            finally
            {
                slots.Release();
            }
        }));
    }

    /// <summary>What all breakers say of themselves. All are asked at once and share one limit, so that a silo that hangs holds up neither the
    /// others' breakers nor the answer.</summary>
    private async Task<IReadOnlyList<BreakerDetails>> DetailsOfAllAsync()
    {
        string[] components = [.. _core.Created];
        Task<BreakerDetails>[] asked = [.. components.Select(AskAsync)];
        await EndsAsync(Task.WhenAll(asked), QueryLimit + (QueryLimitPerBreaker * components.Length));
        BreakerDetails[] said = [.. asked.Zip(components, Said)];
        if (said.Count(breaker => !breaker.IsAnswering) is > 0 and var silent)
        {
            LogSilent(silent, said.Length);
        }

        return said;
    }

    private async Task<BreakerDetails> DetailsAsync(string component)
    {
        var asked = AskAsync(component);
        await EndsAsync(asked, QueryLimit);
        return Said(asked, component);
    }

    /// <summary>Waits until it has ended, but no longer than the limit.</summary>
    private static async Task EndsAsync(Task asked, TimeSpan limit)
    {
        asked.Ignore();
        await asked.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private Task<BreakerDetails> AskAsync(string component) => GrainFactory.Breaker(component).GetDetailsAsync().AsTask();

    /// <summary>What a breaker said when it was asked; of one that has not answered, what it said last: a query is not to fail for one.</summary>
    private BreakerDetails Said(Task<BreakerDetails> asked, string component)
    {
        if (asked.IsCompletedSuccessfully)
        {
            return _lastKnown[component] = asked.Result.Created ? asked.Result : NeverUsed(component);
        }

        if (asked.Exception is { } failed)
        {
            LogNoDetails(component, failed.GetBaseException());
        }

        return (_lastKnown.GetValueOrDefault(component) ?? NeverUsed(component)) with { IsAnswering = false };
    }

    private BreakerDetails NeverUsed(string component) =>
        BreakerDetails.NeverUsed(component, _core.Configuration.PolicyFor(component, _core.Version)) with { Created = true };

    private async Task WriteAsync(StoredDirectory record)
    {
        try
        {
            await _row.WriteAsync(record);
            _core.WriteSucceeded(_clock.Now);
        }
        catch (InconsistentStateException)
        {
            await ReadAfterConflictAsync();
        }
        catch (Exception exception)
        {
            if (_core.FailedWrites == 0)
            {
                LogWriteFailed(exception);
            }

            _core.WriteFailed(_clock.Now);
        }

        CarryOut();
    }

    private async Task ReadAfterConflictAsync()
    {
        try
        {
            _core.WriteConflicted(await _row.ReadAsync(), _clock.Now);
        }
        catch (Exception exception)
        {
            LogWriteFailed(exception);
            _core.WriteFailed(_clock.Now);
        }
    }

    private async Task ReadAgainAsync()
    {
        await ReadAsync(Timeout.InfiniteTimeSpan);
        CarryOut();
    }

    private async Task ReadAsync(TimeSpan limit)
    {
        try
        {
            _core.ReadSucceeded(await _row.ReadAsync().WaitAsync(limit), _clock.Now);
        }
        catch (Exception exception)
        {
            LogReadFailed(exception);
            _core.ReadFailed(_clock.Now);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Settings version {Version} are in force")]
    private partial void LogNewSettings(long version);

    [LoggerMessage(2, LogLevel.Debug, "Breaker {Component} did not take settings version {Version}; it is told again")]
    private partial void LogNotTold(string component, long version, Exception exception);

    [LoggerMessage(3, LogLevel.Debug, "Breaker {Component} did not answer a query")]
    private partial void LogNoDetails(string component, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "{Silent} of {Asked} breakers did not answer a query; what they said last is shown")]
    private partial void LogSilent(int silent, int asked);

    [LoggerMessage(4, LogLevel.Warning, "The directory could not be stored; it is written until the store takes it")]
    private partial void LogWriteFailed(Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The stored directory could not be read; new breakers are admitted without it, and it is read again")]
    private partial void LogReadFailed(Exception exception);
}
