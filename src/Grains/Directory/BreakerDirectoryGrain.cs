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

/// <summary>The shell of the directory: feeds <see cref="DirectoryCore"/> and carries out what it wants. It holds no rule.</summary>
[Reentrant]
internal sealed partial class BreakerDirectoryGrain(
    IServiceProvider services, IGrainContext context, SiloWatch silos, CallGuard guard, ILogger<BreakerDirectoryGrain> logger)
    : Grain, IBreakerDirectoryGrain, IPersistenceLog, IDisposable
{
    private DirectoryCore _core = null!;
    private CoreShell _shell = null!;
    private PersistedRow<StoredDirectory> _row = null!;
    private BreakerSurvey _survey = null!;
    private IDisposable? _listening;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var clock = CoreShell.ClockOf(services);
        var row = new StoredRow<StoredDirectory>(services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Rows), "directory", context.GrainId);
        _core = new DirectoryCore(Guid.NewGuid(), services.GetService<LocalConfiguration>()?.Current.Configuration ?? new CircuitBreakerConfiguration(), clock.Now);
        _shell = CoreShell.Of(this, clock, CarryOut);
        _row = new PersistedRow<StoredDirectory>(row, _core, _shell, this);
        _survey = new BreakerSurvey(GrainFactory, _core, logger);
        await _row.FirstReadAsync();
        _listening = silos.Listen(SilosChanged);
        _shell.CarryOut();
    }

    public void Dispose() => _listening?.Dispose();

    public ValueTask<AdmissionAnswer> AdmitAsync(string component, BreakerPolicy? held, SiloPass? pass)
    {
        guard.ThrowUnlessSilo(pass);
        return _shell.After(_core.Admit(component, held));
    }

    public ValueTask<ConfigurationAnswer> OfferConfigurationAsync(ConfigurationOffer offer, SiloPass? pass)
    {
        guard.ThrowUnlessSilo(pass);
        var before = _core.Version;
        var answer = _core.Offer(offer, _shell.Now.Utc);
        if (answer.Version != before)
        {
            LogNewSettings(answer.Version);
        }

        return _shell.After(answer);
    }

    public ValueTask<ConfigurationOverview> ReportConfigurationAsync(SiloConfiguration report, SiloPass? pass)
    {
        guard.ThrowUnlessSilo(pass);
        return ValueTask.FromResult(_core.Report(report, _shell.Now));
    }

    public ValueTask<ConfigurationInForce> GetConfigurationAsync() => ValueTask.FromResult(_core.InForceAt(_shell.Now));

    public async ValueTask<ImmutableArray<BreakerDetails>> ListAsync(BreakerFilter filter)
    {
        var neverUsed = _core.NeverUsed.Select(NeverUsed).ToList();
        var used = await _survey.AllAsync();
        return
        [
            .. used.Concat(neverUsed)
                .Where(breaker => filter.State is not { } state || breaker.State == state)
                .OrderBy(breaker => breaker.Component, StringComparer.Ordinal),
        ];
    }

    public async ValueTask<BreakerDetails?> GetAsync(string component) =>
        _core.Created.Contains(component) ? await _survey.OneAsync(component)
        : _core.Configuration.IsConfigured(component) ? NeverUsed(component)
        : null;

    public async ValueTask<ImmutableArray<BreakerTransition>?> GetHistoryAsync(string component) =>
        _core.Created.Contains(component) ? await GrainFactory.Breaker(component).GetHistoryAsync()
        : _core.Configuration.IsConfigured(component) ? []
        : null;

    public ValueTask<ComponentStanding> LookUpAsync(string component) => ValueTask.FromResult(_core.LookUp(component));

    public async ValueTask<int> WakeAllAsync(SiloPass? pass)
    {
        guard.ThrowUnlessSilo(pass);
        return await _survey.WakeAllAsync();
    }

    void IPersistenceLog.ReadFailed(Exception exception) => LogReadFailed(exception);

    void IPersistenceLog.WriteFailed(Exception exception, bool isFirst)
    {
        if (isFirst)
        {
            LogWriteFailed(exception);
        }
    }

    void IPersistenceLog.Written(int failures)
    {
        if (failures > 0)
        {
            LogStoredAgain(failures);
        }
    }

    private TimeSpan? CarryOut(Moment now)
    {
        var effects = _core.TakeEffects(now);
        foreach (var (component, policy) in effects.Settings)
        {
            Send(component, policy);
        }

        if (effects.Write is { } record)
        {
            _row.Write(record);
        }

        if (effects.Read)
        {
            _row.Read();
        }

        return effects.NextWake;
    }

    private void Send(string component, BreakerPolicy policy) => _shell.Start(
        async () =>
        {
            await GrainFactory.Breaker(component).ApplyPolicyAsync(policy, guard.Pass);
            _core.SettingsTaken(component, policy.Version, _shell.Now);
        },
        exception =>
        {
            LogNotTaken(component, policy.Version, exception);
            _core.SettingsNotTaken(component, policy.Version, _shell.Now);
        });

    private void SilosChanged()
    {
        _core.SilosChanged(_shell.Now);
        _shell.CarryOut();
    }

    private BreakerDetails NeverUsed(string component) => BreakerDetails.NeverUsed(component, _core.Configuration.PolicyFor(component, _core.Version));

    [LoggerMessage(EventIds.DirectoryNewSettings, LogLevel.Information, "Settings version {Version} are in force")]
    private partial void LogNewSettings(long version);

    [LoggerMessage(EventIds.DirectoryNotTaken, LogLevel.Debug, "Breaker {Component} did not apply settings version {Version}; retrying")]
    private partial void LogNotTaken(string component, long version, Exception exception);

    [LoggerMessage(EventIds.DirectoryWriteFailed, LogLevel.Warning, "The directory could not be persisted; retrying until it succeeds")]
    private partial void LogWriteFailed(Exception exception);

    [LoggerMessage(EventIds.DirectoryReadFailed, LogLevel.Warning, "The persisted directory could not be read; new breakers are admitted without it, and the read is retried")]
    private partial void LogReadFailed(Exception exception);

    [LoggerMessage(EventIds.DirectoryStoredAgain, LogLevel.Information, "The directory is persisted again, after {Failures} failed writes")]
    private partial void LogStoredAgain(int failures);
}
