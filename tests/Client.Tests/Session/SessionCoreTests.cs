using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Client.Session;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Session;

/// <summary>C5, C8: when a worker registers, renews, and finds the cluster silent.</summary>
public sealed class SessionCoreTests
{
    private static readonly TimeSpan Renewal = MirrorTimings.Default.Renewal;
    private static readonly Guid Hub = Guid.NewGuid();

    private readonly SessionCore _core = new(MirrorTimings.Default, default);
    private readonly TestClock _clock = new();

    private Moment Now => _clock.Now;

    [Fact]
    public void A_worker_without_breakers_calls_nobody()
    {
        Assert.Null(_core.NextWake);
        Assert.Null(_core.TakeCall(Now));
    }

    [Fact]
    public void It_registers_what_it_uses_and_renews_from_then_on()
    {
        _core.Add("a", Now);
        _core.Add("b", Now);
        var registration = _core.TakeCall(Now)!;
        Assert.Equal((true, Guid.Empty), (registration.IsRegistration, registration.AddsTo));
        Assert.Equal(["a", "b"], registration.Components);
        Assert.Null(_core.TakeCall(Now));
        Answer(registration, sequence: 7);

        Assert.Equal((Hub, 7L), (_core.HubIncarnation, _core.Sequence));
        Assert.Null(_core.TakeCall(Now));
        _clock.Pass(Renewal);
        Assert.False(_core.TakeCall(Now)!.IsRegistration);
    }

    [Fact]
    public void A_breaker_that_comes_later_is_registered_alone_and_at_once_and_nothing_of_the_others_is_passed_over()
    {
        Register("a", sequence: 7);
        _core.Add("b", Now);
        var more = _core.TakeCall(Now)!;
        Assert.Equal(["b"], more.Components);
        Assert.Equal(Hub, more.AddsTo);

        Answer(more, sequence: 9);

        Assert.Equal(7, _core.Sequence);
    }

    [Fact]
    public void One_that_comes_while_a_call_is_on_its_way_is_registered_with_the_next()
    {
        _core.Add("a", Now);
        var first = _core.TakeCall(Now)!;
        _core.Add("b", Now);
        Answer(first, sequence: 1);
        Assert.Equal(["b"], _core.TakeCall(Now)!.Components);
    }

    [Fact]
    public void C5_a_hub_that_was_born_since_is_told_everything_again()
    {
        Register("a", sequence: 7);
        _clock.Pass(Renewal);
        var renewal = _core.TakeCall(Now)!;
        _core.Answered(renewal, new RenewalAnswer { Known = false, HubIncarnation = Guid.NewGuid() }, Now);

        var again = _core.TakeCall(Now)!;

        Assert.Equal(["a"], again.Components);
        Assert.Equal(Guid.Empty, again.AddsTo);
        Answer(again, sequence: 3);
        Assert.Equal((Hub, 3L), (_core.HubIncarnation, _core.Sequence));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void C5_a_hub_that_has_forgotten_the_worker_when_it_adds_a_breaker_is_told_everything_again(bool isAnotherHub)
    {
        Register("a", sequence: 7);
        _core.Add("b", Now);
        _core.Answered(_core.TakeCall(Now)!, new RenewalAnswer { Known = false, HubIncarnation = isAnotherHub ? Guid.NewGuid() : Hub }, Now);

        var again = _core.TakeCall(Now)!;

        Assert.Equal(["a", "b"], again.Components);
        Assert.Equal(Guid.Empty, again.AddsTo);
    }

    [Fact]
    public void Many_breakers_are_registered_one_part_after_the_other_and_nothing_in_between_is_passed_over()
    {
        string[] components = [.. Enumerable.Range(0, (2 * SessionCore.MaxRegistration) + 1).Select(number => $"c{number:0000}")];
        foreach (var component in components)
        {
            _core.Add(component, Now);
        }

        List<HubCall> calls = [];
        while (_core.TakeCall(Now) is { } call)
        {
            calls.Add(call);
            Answer(call, sequence: 10 * calls.Count);
        }

        Assert.Equal([SessionCore.MaxRegistration, SessionCore.MaxRegistration, 1], calls.Select(call => call.Components.Count));
        Assert.Equal(components, calls.SelectMany(call => call.Components));
        Assert.Equal([Guid.Empty, Hub, Hub], calls.Select(call => call.AddsTo));
        Assert.Equal(10, _core.Sequence);
    }

    [Fact]
    public void C5_a_hub_that_was_born_between_two_registrations_is_told_the_first_again()
    {
        Register("a", sequence: 7);
        _core.Add("b", Now);
        var more = _core.TakeCall(Now)!;
        _core.Answered(more, new RenewalAnswer { Known = true, HubIncarnation = Guid.NewGuid(), Sequence = 1 }, Now);

        Assert.Equal(["a", "b"], _core.TakeCall(Now)!.Components);
    }

    [Fact]
    public void C8_silence_is_overdue_after_one_renewal_from_the_first_unanswered_call()
    {
        Register("a", sequence: 1);
        Assert.Null(_core.OverdueAt);
        _clock.Pass(Renewal);
        var asked = _clock.Elapsed;
        _core.TakeCall(Now);
        _core.Failed(Now);
        Assert.Equal(asked + Renewal, _core.OverdueAt);
        _clock.Pass(TimeSpan.FromMilliseconds(100));
        var again = _core.TakeCall(Now)!;
        Assert.Equal(asked + Renewal, _core.OverdueAt);
        Answer(again, sequence: 2);
        Assert.Null(_core.OverdueAt);
    }

    [Fact]
    public void Tries_that_fail_wait_longer_and_longer_up_to_a_renewal()
    {
        _core.Add("a", Now);
        List<double> waits = [];
        for (var attempt = 0; attempt < 8; attempt++)
        {
            Assert.NotNull(_core.TakeCall(Now));
            _core.Failed(Now);
            waits.Add((_core.NextWake!.Value - _clock.Elapsed).TotalMilliseconds);
            _clock.PassTo(_core.NextWake.Value);
        }

        Assert.Equal([100, 200, 400, 800, 1600, 2000, 2000, 2000], waits);
    }

    [Fact]
    public void A_breaker_that_comes_while_a_hub_does_not_answer_waits_for_the_next_try()
    {
        _core.Add("a", Now);
        _core.TakeCall(Now);
        _core.Failed(Now);

        _core.Add("b", Now);

        Assert.Equal(_clock.Elapsed + TimeSpan.FromMilliseconds(100), _core.NextWake);
    }

    [Fact]
    public void News_of_the_connection_renew_at_once()
    {
        Register("a", sequence: 1);
        _core.RenewNow(Now);
        Assert.NotNull(_core.TakeCall(Now));
    }

    private void Register(string component, long sequence)
    {
        _core.Add(component, Now);
        Answer(_core.TakeCall(Now)!, sequence);
    }

    private void Answer(HubCall call, long sequence) =>
        _core.Answered(call, new RenewalAnswer { Known = true, HubIncarnation = Hub, Sequence = sequence }, Now);
}
