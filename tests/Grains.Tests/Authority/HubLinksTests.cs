using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>C5: which hub is told what, and when again.</summary>
public sealed class HubLinksTests
{
    private static readonly Generation One = new(1, Guid.NewGuid());
    private static readonly Generation Two = new(2, Guid.NewGuid());
    private readonly TestClock _clock = new();
    private readonly HubLinks _links = new();

    public HubLinksTests() => _clock.Pass(50);

    [Fact]
    public void C5_a_hub_that_attached_is_told_of_a_later_revision_or_another_generation_and_of_nothing_that_it_has()
    {
        Attach("h", workers: 1, One, revision: 3);

        Assert.Empty(Due(One, 3));
        Assert.Null(_links.NextTry(One, 3));
        Assert.Empty(Due(One, 2));
        Assert.Empty(Due(One, 4));
        Assert.Equal(_clock.Now.Elapsed, _links.NextTry(Two, 0));
        _clock.PassTo(_links.NextTry(One, 4)!.Value);
        Assert.Equal("h", Assert.Single(Due(One, 4)).Hub);
        Attach("other", workers: 1, One, revision: 3);
        Assert.Equal("other", Assert.Single(Due(Two, 0)).Hub);
    }

    [Fact]
    public void S5_what_changes_within_a_generation_is_told_after_a_pause_and_another_generation_at_once()
    {
        Attach("h", workers: 1, One, revision: 0);
        _clock.Pass(0.02);
        _links.Answered(Assert.Single(Due(Two, 0)), Two, 0, workers: 1, _clock.Now);
        var told = _clock.Now.Elapsed;

        Assert.Equal(told + TimeSpan.FromMilliseconds(50), _links.NextTry(Two, 1));
        _clock.Pass(0.049);
        Assert.Empty(Due(Two, 1));
        _clock.Pass(0.001);
        Assert.Single(Due(Two, 1));
    }

    [Fact]
    public void C5_a_hub_without_workers_is_told_nothing()
    {
        Attach("h", workers: 1, One, revision: 0);
        Attach("h", workers: 0, One, revision: 0);

        Assert.Empty(Due(Two, 0));
        Assert.Equal(0, _links.Workers);
    }

    [Fact]
    public void C5_a_hub_that_was_told_and_has_no_workers_is_told_again_once_it_attaches()
    {
        _links.PushAll(_clock.Now);
        foreach (var push in Due(One, 0))
        {
            _links.Answered(push, One, 0, workers: push.Hub == GrainKeys.Hub(3) ? 2 : 0, _clock.Now);
        }

        Assert.Equal(2, _links.Workers);
        Assert.Equal(GrainKeys.Hub(3), Assert.Single(Due(Two, 0)).Hub);
        Attach(GrainKeys.Hub(5), workers: 1, One, revision: 0);
        Assert.Equal(GrainKeys.Hub(5), Assert.Single(Due(Two, 0)).Hub);
    }

    [Fact]
    public void C5_while_a_push_is_under_way_there_is_no_other_to_that_hub()
    {
        Attach("h", workers: 1, One, revision: 0);
        var push = Assert.Single(Due(Two, 0));
        _clock.Pass(1);

        Assert.Null(_links.NextTry(Two, 1));
        Assert.Empty(Due(Two, 1));
        _links.Answered(push, Two, 0, workers: 1, _clock.Now);
        _clock.Pass(1);
        Assert.Empty(Due(Two, 0));
        Assert.Single(Due(Two, 1));
    }

    [Fact]
    public void C5_pauses_double_from_a_tenth_of_a_second_to_one_and_begin_anew_after_an_answer()
    {
        Attach("h", workers: 1, One, revision: 0);
        Assert.Equal([0.1, 0.2, 0.4, 0.8, 1, 1], Enumerable.Range(0, 6).Select(_ => Fail()));
        _links.Answered(Assert.Single(Due(Two, 0)), Two, 0, workers: 1, _clock.Now);
        _clock.Pass(0.05);
        Assert.Equal(0.1, Fail(revision: 1));

        double Fail(long revision = 0)
        {
            _links.Failed(Assert.Single(Due(Two, revision)), _clock.Now);
            Assert.Empty(Due(Two, revision));
            var next = _links.NextTry(Two, revision)!.Value;
            var pause = (next - _clock.Now.Elapsed).TotalSeconds;
            _clock.PassTo(next);
            return Math.Round(pause, 3);
        }
    }

    [Fact]
    public void C5_the_next_try_is_that_of_the_hub_that_comes_first()
    {
        Attach("a", workers: 1, One, revision: 0);
        Attach("b", workers: 1, One, revision: 0);
        var pushes = Due(Two, 0);
        _links.Failed(pushes[0], _clock.Now);
        _clock.Pass(0.05);
        _links.Failed(pushes[1], _clock.Now);

        Assert.Equal(TimeSpan.FromSeconds(50.1), _links.NextTry(Two, 0));
    }

    [Fact]
    public void An_attachment_that_came_while_a_push_was_under_way_knows_better_how_many_workers_there_are()
    {
        Attach("h", workers: 1, One, revision: 0);
        var push = Assert.Single(Due(Two, 0));
        Attach("h", workers: 5, One, revision: 0);
        _links.Answered(push, Two, 0, workers: 0, _clock.Now);
        Assert.Equal(5, _links.Workers);

        _clock.Pass(0.05);
        _links.Answered(Assert.Single(Due(Two, 1)), Two, 1, workers: 0, _clock.Now);
        Assert.Equal(0, _links.Workers);
        Assert.Empty(Due(Two, 2));
    }

    [Fact]
    public void C7_a_hub_that_is_to_let_go_is_told_until_it_answers_even_what_it_had_acknowledged()
    {
        Attach("h", workers: 0, One, revision: 7);
        _links.Reset("h", _clock.Now);

        var push = Assert.Single(Due(One, 7));
        Assert.True(push.Reset);
        _links.Failed(push, _clock.Now);
        _clock.Pass(1);
        push = Assert.Single(Due(One, 7));
        Assert.True(push.Reset);
        _links.Answered(push, One, 7, workers: 1, _clock.Now);
        _clock.Pass(0.05);

        Assert.False(Assert.Single(Due(One, 8)).Reset);
    }

    [Fact]
    public void C7_a_hub_that_is_to_let_go_in_the_initial_generation_is_told_that()
    {
        Attach("h", workers: 1, Generation.Initial, revision: 0);
        _links.Reset("h", _clock.Now);

        Assert.Single(Due(Generation.Initial, 0));
    }

    [Fact]
    public void The_workers_of_a_hub_are_counted_for_six_minutes_after_it_called_or_answered()
    {
        Attach("called", workers: 2, One, revision: 0);
        Attach("answered", workers: 3, One, revision: 0);
        var pushes = Due(Two, 0);
        _clock.Pass(100);
        _links.Answered(pushes.Single(push => push.Hub == "answered"), Two, 0, workers: 3, _clock.Now);
        _clock.Pass(259.9);
        _links.Sweep(_clock.Now);
        Assert.Equal(5, _links.Workers);
        _clock.Pass(0.1);
        _links.Sweep(_clock.Now);
        Assert.Equal(3, _links.Workers);
        _clock.Pass(100);
        _links.Sweep(_clock.Now);
        Assert.Equal(0, _links.Workers);
    }

    [Fact]
    public void C5_an_attachment_that_the_hub_had_given_up_and_that_arrives_late_says_nothing()
    {
        var hub = Guid.NewGuid();
        Attached(hub, number: 2, workers: 3);
        Attached(hub, number: 1, workers: 0);
        Attached(hub, number: 2, workers: 0);

        Assert.Equal(3, _links.Workers);
        Assert.Single(Due(Two, 0));
        Attached(hub, number: 3, workers: 4);
        Assert.Equal(4, _links.Workers);
        Attached(Guid.NewGuid(), number: 1, workers: 5);
        Assert.Equal(5, _links.Workers);
        Attached(Guid.Empty, number: 0, workers: 6);
        Assert.Equal(6, _links.Workers);

        void Attached(Guid incarnation, long number, int workers) => _links.Attached(
            new HubAttachment { Hub = "hub/1", Incarnation = incarnation, Number = number, Workers = workers, Claim = new BreakerClaim() }, Generation.Initial, 0, _clock.Now);
    }

    [Fact]
    public void C5_an_authority_that_remembers_nothing_tells_all_sixteen()
    {
        _links.PushAll(_clock.Now);

        Assert.Equal(_clock.Now.Elapsed, _links.NextTry(Generation.Initial, 0));
        Assert.Equal(
            Enumerable.Range(0, 16).Select(GrainKeys.Hub).Order(StringComparer.Ordinal), Due(Generation.Initial, 0).Select(push => push.Hub));
    }

    private void Attach(string hub, int workers, Generation generation, long revision) =>
        _links.Attached(new HubAttachment { Hub = hub, Workers = workers, Claim = new BreakerClaim() }, generation, revision, _clock.Now);

    private IReadOnlyList<HubLinks.PushTarget> Due(Generation generation, long revision) => _links.TakeDue(generation, revision, _clock.Now);
}
