using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Mirror;

/// <content>Probe permits: asked for, held, given back (S5, S7).</content>
internal sealed partial class BreakerMirror
{
    public async ValueTask<HeldPermit?> AcquireProbeAsync(CancellationToken cancellationToken)
    {
        PermitRequest? request = null;
        ProbePermit? own = null;
        Feed(now =>
        {
            if (_core.IsLocal)
            {
                own = _core.TakeLocalPermit(now);
            }
            else
            {
                request = _core.TakePermitRequest(now);
            }
        });
        if (request is null)
        {
            return own is null ? null : new HeldPermit(own, Local: true);
        }

        var asking = AskPermitAsync(request);
        try
        {
            return await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ReturnUnusedAsync(asking).Ignore();
            throw;
        }
    }

    public void SettleProbe(HeldPermit permit, ProbeResult result, TimeSpan? duration, bool slow)
    {
        var outcome = new ProbeOutcome
        {
            PermitId = permit.Permit.Id,
            Generation = permit.Permit.Generation,
            Result = result,
            Slow = slow,
            Duration = duration,
        };
        Feed(now =>
        {
            Add(CallCounts.Of(outcome));
            _core.Settle(outcome, permit.Local, now);
        });
    }

    private async Task<HeldPermit?> AskPermitAsync(PermitRequest request)
    {
        PermitAnswer? answer = null;
        try
        {
            answer = await _context.Link.RequestPermitAsync(_component, request).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogPermitFailed(_context.Logger, _component, request.Number, exception);
        }

        ProbePermit? permit = null;
        Feed(now =>
        {
            if (answer is null)
            {
                _core.PermitFailed(request, now);
            }
            else
            {
                permit = _core.PermitAnswered(request, answer, now);
            }
        });
        return permit is null ? null : new HeldPermit(permit, Local: false);
    }

    private async Task ReturnUnusedAsync(Task<HeldPermit?> asking)
    {
        if (await asking.ConfigureAwait(false) is { } permit)
        {
            SettleProbe(permit, ProbeResult.Unused, null, slow: false);
        }
    }
}
