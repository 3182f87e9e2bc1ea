using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Tests.Authority;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Wire;

/// <summary>Mutated bytes are a message or an error of that message alone; what can be read of them is as harmless as any message.</summary>
public sealed class MutatedMessageTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    [Fact]
    public void A_mutated_report_is_an_error_or_harmless() =>
        Mutated((rig, draw) => Honest(rig).Make(OutcomeTally.Failure, null, Claim(rig), new ProbeOutcome { PermitId = 1, Duration = TimeSpan.FromSeconds(1) }), (rig, report) => rig.Core.Report(report, rig.Clock.Now));

    [Fact]
    public void A_mutated_permit_request_is_an_error_or_harmless() =>
        Mutated((rig, _) => Honest(rig).MakeRequest() with { Claim = Claim(rig) }, (rig, request) => rig.Core.RequestPermit(request, rig.Clock.Now));

    [Fact]
    public void A_mutated_attachment_is_an_error_or_harmless() =>
        Mutated((rig, _) => new HubAttachment { Hub = GrainKeys.Hub(1), Workers = 3, Claim = Claim(rig) }, (rig, attachment) => rig.Core.Attach(attachment, rig.Clock.Now));

    [Fact]
    public void A_hostile_report_that_can_be_sent_at_all_arrives_as_something_harmless() => Gen.ULong.ForAll(300, seed =>
    {
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 3 });
        var report = new Hostile(seed).Report(rig.Snapshot(), Guid.NewGuid()) with { Worker = "w" };
        Feed(rig, Bytes(report), (byte[] bytes) => rig.Core.Report(Read<WorkerReport>(bytes), rig.Clock.Now));
    }, shrinks: 200);

    public void Dispose() => _services.Dispose();

    private void Mutated<T>(Func<AuthorityRig, Hostile, T> make, Action<AuthorityRig, T> say) => Gen.ULong.ForAll(1000, seed =>
    {
        var draw = new Hostile(seed);
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 3 });
        if (draw.Chance(2))
        {
            Honest(rig).Fail(3);
        }

        var bytes = Bytes(make(rig, draw))!;
        for (var change = draw.Below(4); change >= 0; change--)
        {
            bytes[draw.Below(bytes.Length)] = (byte)draw.Below(256);
        }

        Feed(rig, draw.Chance(4) ? bytes[..draw.Below(bytes.Length)] : bytes, content => say(rig, Read<T>(content)));
    }, shrinks: 200);

    private static void Feed(AuthorityRig rig, byte[]? bytes, Action<byte[]> feed)
    {
        if (bytes is not null)
        {
            try
            {
                feed(bytes);
            }
            catch (UnreadableException)
            {
            }
            catch (ArgumentException)
            {
            }
        }

        rig.Effects();
        Assert.True(rig.Details.Totals.Calls >= 0);
        Assert.InRange(rig.Details.Generation.Number, 0, 2);
    }

    private byte[]? Bytes<T>(T message)
    {
        try
        {
            return _services.GetRequiredService<Serializer>().SerializeToArray(message);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Not even its sender gets it on the way.
            return null;
        }
    }

    private T Read<T>(byte[] bytes)
    {
        try
        {
            return _services.GetRequiredService<Serializer>().Deserialize<T>(bytes)!;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new UnreadableException(exception);
        }
    }

    private static WorkerRig Honest(AuthorityRig rig) => new(rig, "honest");

    private static BreakerClaim Claim(AuthorityRig rig)
    {
        var snapshot = rig.Snapshot();
        return new BreakerClaim { Generation = snapshot.Generation, Revision = snapshot.Revision, Remaining = TimeSpan.FromSeconds(1), Offer = snapshot };
    }

    private sealed class UnreadableException(Exception cause) : Exception("not readable", cause);
}
