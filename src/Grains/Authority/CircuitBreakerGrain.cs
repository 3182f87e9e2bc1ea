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
internal sealed partial class CircuitBreakerGrain : Grain, ICircuitBreakerGrain, IPersistenceLog, IDisposable
{
    private readonly SiloWatch _silos;
    private readonly CallGuard _guard;
    private readonly SiloMetrics _metrics;
    private readonly ILogger<CircuitBreakerGrain> _logger;
    private readonly SnapshotSealer _sealer;
    private readonly MonotonicClock _clock;
    private readonly IGrainStorage _storage;
    private readonly IGrainContext _context;
    private readonly string _silo;

    private string _component = string.Empty;
    private AuthorityCore _core = null!;
    private BreakerTelemetry _telemetry = null!;
    private CoreShell _shell = null!;
    private IDisposable? _listening;
    private Task<BreakerRefusal?>? _admission;

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
        _clock = CoreShell.ClockOf(services);
        _context = context;
        _storage = services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Rows);
        _silo = context.Address.SiloAddress!.Endpoint.ToString();
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _component = GrainKeys.Component(this.GetPrimaryKeyString());
        _core = new AuthorityCore(_component, Guid.NewGuid(), _sealer, _clock.Now);
        _telemetry = _metrics.Watch(_component, _clock);
        _shell = CoreShell.Of(this, _clock, CarryOut);
        _row = new PersistedRow<StoredBreaker>(new StoredRow<StoredBreaker>(_storage, "breaker", _context.GrainId), _core, _shell, this);
        await _row.FirstReadAsync();
        _listening = _silos.Listen(SilosChanged);
        _shell.CarryOut();
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

        var answer = _core.Report(report, _shell.Now);
        _shell.CarryOut();
        return answer;
    }

    public async ValueTask<PermitAnswer> RequestPermitAsync(PermitRequest request)
    {
        if (await RefusalAsync() is { } refusal)
        {
            return new PermitAnswer { Number = request.Number, Refusal = refusal };
        }

        var answer = _core.RequestPermit(request, _shell.Now);
        _shell.CarryOut();
        return answer;
    }

    public async ValueTask<HubAttachAnswer> AttachAsync(HubAttachment attachment, SiloPass? pass)
    {
        _guard.ThrowUnlessSilo(pass);
        if (await RefusalAsync() is { } refusal)
        {
            return new HubAttachAnswer { Refusal = refusal };
        }

        var answer = _core.Attach(attachment, _shell.Now);
        _shell.CarryOut();
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
            throw new ArgumentException("The settings are incomplete or out of range.", nameof(policy));
        }

        if (_core.IsCreated)
        {
            _core.SetPolicy(policy, _shell.Now);
            _shell.CarryOut();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<BreakerDetails> GetDetailsAsync() => ValueTask.FromResult(Details);

    public ValueTask<ImmutableArray<BreakerTransition>> GetHistoryAsync() => ValueTask.FromResult(_core.History);

    private BreakerDetails Details => _core.Details(_shell.Now) with { Silo = _silo };

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

        var status = _core.Command(command, _shell.Now);

        // The waiter first: the write that it waits for may have ended when this has been carried out.
        var stored = StoredAsync(_core.Generation);
        _shell.CarryOut();
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

    private TimeSpan? CarryOut(Moment now)
    {
        var effects = _core.TakeEffects(now);
        foreach (var target in effects.Pushes)
        {
            Push(target, effects.Snapshot!);
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
            _row.Write(record);
        }

        if (effects.Read)
        {
            _row.Read();
        }

        if (effects.AskPolicy)
        {
            AskPolicy();
        }

        _telemetry.Publish(_core.Reading(now));
        DelayDeactivation(_core.MustStay ? TimeSpan.MaxValue : TimeSpan.Zero);
        return effects.NextWake;
    }

    private void SilosChanged()
    {
        _core.SilosChanged(_shell.Now);
        _shell.CarryOut();
    }

    private void Push(HubLinks.PushTarget target, BreakerSnapshot snapshot) => _shell.Start(
        async () => _core.PushAnswered(target, snapshot, await GrainFactory.Hub(target.Hub).PushAsync(snapshot, target.Reset, _guard.Pass), _shell.Now),
        exception =>
        {
            LogPushFailed(_component, target.Hub, exception);
            _core.PushFailed(target, _shell.Now);
        });

    private void AskPolicy() => _shell.Start(
        async () => _core.Admitted((await GrainFactory.Directory().AdmitAsync(_component, _core.Policy, _guard.Pass)).Policy!, _shell.Now),
        exception =>
        {
            LogDirectorySilent(_component, exception);
            _core.PolicyFailed(_shell.Now);
        });

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
        var answer = await GrainFactory.Directory().AdmitAsync(_component, held: null, _guard.Pass);
        if (answer.Policy is { } policy)
        {
            _core.Admitted(policy, _shell.Now);
            _shell.CarryOut();
        }

        return answer.Refusal;
    }
}
