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
using TaskerCore.Orleans.Grains.Metrics;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Authority;

/// <summary>The shell of an authority: feeds <see cref="AuthorityCore"/> and carries out what it says. It holds no rule.</summary>
/// <remarks>Reentrant: the core is only touched between awaits, so that a slow store or directory never holds up a report (C6).</remarks>
[Reentrant]
internal sealed partial class CircuitBreakerGrain : Grain, ICircuitBreakerGrain, IDisposable
{
    private readonly SiloWatch _silos;
    private readonly CallGuard _guard;
    private readonly SiloMetrics _metrics;
    private readonly ILogger<CircuitBreakerGrain> _logger;
    private readonly SnapshotSealer _sealer;
    private readonly GrainClock _clock;
    private readonly string _silo;

    private string _component = string.Empty;
    private AuthorityCore _core = null!;
    private BreakerTelemetry _telemetry = null!;
    private IGrainTimer _timer = null!;
    private IDisposable? _listening;
    private Task<BreakerRefusal?>? _admission;
    private bool _isEnding;

    public CircuitBreakerGrain(
        IServiceProvider services,
        IGrainContext context,
        SnapshotSealer sealer,
        SiloWatch silos,
        CallGuard guard,
        SiloMetrics metrics,
        ILogger<CircuitBreakerGrain> logger)
    {
        _silos = silos;
        _guard = guard;
        _metrics = metrics;
        _logger = logger;
        _sealer = sealer;
        _clock = new GrainClock(services);
        _silo = context.Address.SiloAddress!.Endpoint.ToString();
        _row = new StoredRow<StoredBreaker>(services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Rows), "breaker", context.GrainId);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _component = GrainKeys.Component(this.GetPrimaryKeyString());
        _core = new AuthorityCore(_component, Guid.NewGuid(), _sealer, _clock.Now);
        _telemetry = _metrics.Watch(_component, _clock);
        _timer = this.RegisterGrainTimer(
            static (grain, _) =>
            {
                grain._core.Advance(grain._clock.Now);
                grain.CarryOut();
                return Task.CompletedTask;
            },
            this,
            new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        _core.TakeEffects(_clock.Now);
        await ReadAsync(FirstReadLimit);
        _listening = _silos.Listen(SilosChanged);
        CarryOut();
    }

    public void Dispose()
    {
        _listening?.Dispose();
        _telemetry?.Dispose();
    }

    public async ValueTask<ReportAnswer> ReportAsync(WorkerReport report)
    {
        if (await RefusalAsync() is { } refusal)
        {
            return new ReportAnswer { Number = report.Number, Refusal = refusal };
        }

        var answer = _core.Report(report, _clock.Now);
        CarryOut();
        return answer;
    }

    public async ValueTask<PermitAnswer> RequestPermitAsync(PermitRequest request)
    {
        if (await RefusalAsync() is { } refusal)
        {
            return new PermitAnswer { Number = request.Number, Refusal = refusal };
        }

        var answer = _core.RequestPermit(request, _clock.Now);
        CarryOut();
        return answer;
    }

    public async ValueTask<HubAttachAnswer> AttachAsync(HubAttachment attachment, SiloPass? pass)
    {
        _guard.ThrowUnlessSilo(pass);
        if (await RefusalAsync() is { } refusal)
        {
            return new HubAttachAnswer { Refusal = refusal };
        }

        var answer = _core.Attach(attachment, _clock.Now);
        CarryOut();
        return answer;
    }

    public async ValueTask<CommandAnswer> CommandAsync(OperatorCommand command, SiloPass? pass)
    {
        _guard.ThrowUnlessMayCommand(pass);
        if (command.Validate() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join("; ", faults.Select(fault => $"{fault.Field} {fault.Message}")), nameof(command));
        }

        var answer = await AnswerAsync(command);
        LogCommand(_component, command, answer.Status, _guard.IsSilo(pass) ? "a silo" : "a worker");
        return answer;
    }

    public ValueTask ApplyPolicyAsync(BreakerPolicy policy, SiloPass? pass)
    {
        _guard.ThrowUnlessSilo(pass);
        if (!ConfigurationRanges.Hold(policy))
        {
            throw new ArgumentException("The settings are not whole, or not within their ranges.", nameof(policy));
        }

        if (_core.IsCreated)
        {
            _core.SetPolicy(policy, _clock.Now);
            CarryOut();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<BreakerDetails> GetDetailsAsync() => ValueTask.FromResult(Details);

    public ValueTask<ImmutableArray<BreakerTransition>> GetHistoryAsync() => ValueTask.FromResult(_core.History);

    private BreakerDetails Details => _core.Details(_clock.Now) with { Silo = _silo };

    private async ValueTask<CommandAnswer> AnswerAsync(OperatorCommand command)
    {
        var existed = _core.IsCreated;
        if (!existed && await WithoutCreatingAsync(command) is { } answer)
        {
            return answer;
        }

        if (await RefusalAsync() is { } refusal)
        {
            return new CommandAnswer { Status = CommandStatus.Refused, Refusal = refusal };
        }

        var status = _core.Command(command, _clock.Now);
        var stored = StoredAsync(_core.Generation);
        CarryOut();
        var isStored = await stored;
        return new CommandAnswer { Status = status, Breaker = Details, Stored = isStored, Created = !existed };
    }

    /// <summary>The answer to a command that must not create the breaker; null: it may go on.</summary>
    private async ValueTask<CommandAnswer?> WithoutCreatingAsync(OperatorCommand command)
    {
        var isForcing = command.Kind is CommandKind.ForceOpen or CommandKind.ForceClosed;
        if ((isForcing && !command.MustExist) || !ComponentName.IsValid(_component))
        {
            return null;
        }

        var standing = await GrainFactory.Directory().LookUpAsync(_component);
        return standing.Created || (isForcing && standing.IsKnown) ? null
            : !isForcing && standing.Policy is { } policy
                ? new CommandAnswer { Status = CommandStatus.Unchanged, Breaker = BreakerDetails.NeverUsed(_component, policy), Stored = true }
            : new CommandAnswer
            {
                Status = CommandStatus.NotFound,
                Refusal = new BreakerRefusal(RefusalKind.NotFound, ComponentStanding.Describe(_component, standing.Nearest)),
                Nearest = standing.Nearest,
            };
    }

    /// <summary>Does what the core says is to be done now. Nothing here waits.</summary>
    private void CarryOut()
    {
        if (_isEnding)
        {
            return;
        }

        var effects = _core.TakeEffects(_clock.Now);
        foreach (var target in effects.Pushes)
        {
            PushAsync(target, effects.Snapshot!).Ignore();
        }

        // After the pushes: workers wait for them, nobody for the log.
        foreach (var transition in effects.Transitions)
        {
            var by = transition.Actor ?? transition.Worker ?? "its own clock";
            LogTransition(_component, transition.From, transition.To, transition.Cause, transition.Generation, by);
            _telemetry.Transitioned(transition, _core.History);
        }

        if (effects.Write is { } record)
        {
            _writing = WriteAsync(record);
        }

        if (effects.Read)
        {
            ReadAgainAsync().Ignore();
        }

        if (effects.AskPolicy)
        {
            AskPolicyAsync().Ignore();
        }

        _telemetry.Publish(_core.Reading(_clock.Now));
        _timer.Change(Wake.In(effects.NextWake, _clock.Now), Timeout.InfiniteTimeSpan);
        DelayDeactivation(_core.MustStay ? TimeSpan.MaxValue : TimeSpan.Zero);
    }

    private void SilosChanged()
    {
        _core.SilosChanged(_clock.Now);
        CarryOut();
    }

    private async Task PushAsync(HubLinks.PushTarget target, BreakerSnapshot snapshot)
    {
        try
        {
            var answer = await GrainFactory.Hub(target.Hub).PushAsync(snapshot, target.Reset, _guard.Pass);
            _core.PushAnswered(target, snapshot, answer, _clock.Now);
        }
        catch (Exception exception)
        {
            LogPushFailed(_component, target.Hub, exception);
            _core.PushFailed(target, _clock.Now);
        }

        CarryOut();
    }

    private async Task AskPolicyAsync()
    {
        try
        {
            var answer = await GrainFactory.Directory().AdmitAsync(_component, exists: true, _guard.Pass);
            _core.Admitted(answer.Policy!, _clock.Now);
        }
        catch (Exception exception)
        {
            LogDirectorySilent(_component, exception);
            _core.PolicyFailed(_clock.Now);
        }

        CarryOut();
    }

    /// <summary>Null once the breaker exists; before that the directory decides whether it may (S19).</summary>
    private async ValueTask<BreakerRefusal?> RefusalAsync()
    {
        if (_core.IsCreated)
        {
            return null;
        }

        if (!ComponentName.IsValid(_component))
        {
            return new BreakerRefusal(RefusalKind.InvalidName, ComponentName.Fault(_component));
        }

        var asked = _admission ??= AskAdmissionAsync();
        try
        {
            return await asked;
        }
        finally
        {
            // A refusal is not for ever: settings change. Whoever comes next asks again.
            _admission = _admission == asked ? null : _admission;
        }
    }

    private async Task<BreakerRefusal?> AskAdmissionAsync()
    {
        var answer = await GrainFactory.Directory().AdmitAsync(_component, exists: false, _guard.Pass);
        if (answer.Policy is { } policy)
        {
            _core.Admitted(policy, _clock.Now);
            CarryOut();
        }

        return answer.Refusal;
    }
}
