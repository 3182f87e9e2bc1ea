using TaskerCore.Orleans.Grains.Directory;

namespace TaskerCore.Orleans.Grains.Tests.Directory;

/// <content>S18: which settings are in force.</content>
public sealed partial class DirectoryCoreTests
{
    [Fact]
    public void S18_the_last_two_hundred_contents_are_known_as_superseded()
    {
        var core = Make(Configuration(limit: 1));
        for (var number = 2; number <= 201; number++)
        {
            core.Offer(Offer(Configuration(limit: number), $"{number}"));
        }

        Assert.False(core.Offer(Offer(Configuration(limit: 2), "2")).InForce);
        Assert.True(core.Offer(Offer(Configuration(limit: 1), "first")).InForce);
    }

    [Fact]
    public void S18_of_two_different_settings_of_one_number_the_stored_stand_with_a_higher_one()
    {
        var core = Make(Configuration(limit: 10));
        core.Offer(Offer(Configuration(limit: 11), "second"));
        core.Offer(Offer(Configuration(limit: 10), "first", edited: true));
        Assert.Equal(3, core.Version);

        core.WriteConflicted(
            new StoredDirectory { Writer = Guid.NewGuid(), Version = 3, Hashes = ["first", "second"], Configuration = Configuration(limit: 11) }, _clock.Now);

        Assert.Equal((4L, 11), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
        Assert.Equal((4L, "second"), (core.TakeEffects(_clock.Now).Write is var row ? row!.Version : 0, row!.Hashes[^1]));
    }

    [Fact]
    public void S18_settings_never_seen_become_the_newest_and_get_a_number()
    {
        var core = Make(Configuration(limit: 10));

        var answer = core.Offer(Offer(Configuration(limit: 20), "second"));

        Assert.Equal((2L, true), (answer.Version, answer.InForce));
        Assert.Equal((20, 2L), (core.Configuration.Global.MaxCircuitBreakers, core.Admit("a", held: null).Policy!.Version));
    }

    [Fact]
    public void S18_a_silo_is_told_what_is_in_force_by_number_and_content()
    {
        var (first, second) = (Configuration(limit: 1), Configuration(limit: 2));
        var core = new DirectoryCore(Guid.NewGuid(), first, _clock.Now);
        Assert.Equal((0L, null, first), (core.InForce.Version, core.InForce.ContentHash, core.InForce.Configuration));

        core.Offer(Offer(second, "second"));

        Assert.Equal((1L, "second", second), (core.InForce.Version, core.InForce.ContentHash, core.InForce.Configuration));
    }

    [Fact]
    public void S18_a_starting_silo_whose_file_was_superseded_does_not_set_the_cluster_back()
    {
        var core = Make(Configuration(limit: 10));
        core.Offer(Offer(Configuration(limit: 20), "second"));

        var answer = core.Offer(Offer(Configuration(limit: 10), "first"));

        Assert.Equal((2L, false), (answer.Version, answer.InForce));
        Assert.Equal(20, core.Configuration.Global.MaxCircuitBreakers);
    }

    [Fact]
    public void S18_a_file_that_is_edited_back_while_its_silo_runs_is_in_force_again()
    {
        var core = Make(Configuration(limit: 10));
        core.Offer(Offer(Configuration(limit: 20), "second"));

        var answer = core.Offer(Offer(Configuration(limit: 10), "first", edited: true));

        Assert.Equal((3L, true, 10), (answer.Version, answer.InForce, core.Configuration.Global.MaxCircuitBreakers));
        Assert.Equal((3L, true), (core.Offer(Offer(Configuration(limit: 10), "first")).Version, core.Offer(Offer(Configuration(limit: 10), "first")).InForce));
    }

    [Fact]
    public void S18_a_file_that_the_store_knows_as_superseded_stays_so_even_if_it_was_offered_first()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        core.ReadFailed(_clock.Now);
        core.Offer(Offer(Configuration(limit: 7), "old"));

        core.ReadSucceeded(new StoredDirectory { Writer = Guid.NewGuid(), Version = 5, Hashes = ["old", "new"], Configuration = Configuration(limit: 99) }, _clock.Now);

        Assert.Equal((5L, 99), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
    }

    [Fact]
    public void S18_an_edit_of_what_is_in_force_already_stands_when_the_store_turns_out_to_know_something_newer()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        core.ReadFailed(_clock.Now);
        core.Offer(Offer(Configuration(limit: 7), "old"));
        Assert.True(core.Offer(Offer(Configuration(limit: 7), "old", edited: true)).InForce);
        Assert.True(core.Offer(Offer(Configuration(limit: 7), "old", edited: true)).InForce);

        core.ReadSucceeded(new StoredDirectory { Writer = Guid.NewGuid(), Version = 5, Hashes = ["old", "new"], Configuration = Configuration(limit: 99) }, _clock.Now);

        Assert.Equal((6L, 7), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
    }

    [Fact]
    public void S18_an_edit_while_the_store_could_not_be_read_stands_even_if_its_content_was_there_before()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        core.ReadFailed(_clock.Now);
        core.Offer(Offer(Configuration(limit: 7), "old", edited: true));

        core.ReadSucceeded(new StoredDirectory { Writer = Guid.NewGuid(), Version = 5, Hashes = ["old", "new"], Configuration = Configuration(limit: 99) }, _clock.Now);

        Assert.Equal((6L, 7), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
    }

    [Fact]
    public void S18_whichever_settings_stand_after_a_conflict_their_number_is_above_what_breakers_were_given()
    {
        var core = Make(Configuration(limit: 10));
        core.Offer(Offer(Configuration(limit: 11), "second"));
        core.Offer(Offer(Configuration(limit: 10), "first", edited: true));
        Assert.Equal(3, core.Version);
        var theirs = new StoredDirectory { Writer = Guid.NewGuid(), Version = 2, Hashes = ["first", "second"], Configuration = Configuration(limit: 11) };

        core.WriteConflicted(theirs, _clock.Now);
        Assert.Equal((4L, 10), (core.Version, core.Configuration.Global.MaxCircuitBreakers));

        core.WriteConflicted(theirs with { Version = 9 }, _clock.Now);
        Assert.Equal((9L, 11), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
    }

    [Fact]
    public void S18_settings_that_are_the_same_keep_the_higher_number()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        core.ReadFailed(_clock.Now);
        core.Offer(Offer(Configuration(limit: 8), "other"));
        core.Offer(Offer(Configuration(limit: 7), "same"));

        core.ReadSucceeded(new StoredDirectory { Writer = Guid.NewGuid(), Version = 1, Hashes = ["same"], Configuration = Configuration(limit: 7) }, _clock.Now);

        Assert.Equal((2L, 3L), (core.Version, core.Offer(Offer(Configuration(limit: 9), "edited", edited: true)).Version));
    }

    [Fact]
    public void S18_new_settings_are_sent_to_every_breaker_until_it_has_taken_them()
    {
        var core = Make(Configuration(limit: 10));
        core.Admit("a", held: null);
        core.Admit("b", held: null);
        core.Offer(Offer(Configuration(limit: 20), "second"));

        var sent = core.TakeEffects(_clock.Now).Settings;
        Assert.Equal([("a", 2L), ("b", 2L)], sent.Select(settings => (settings.Component, settings.Policy.Version)));
        core.SettingsTaken("a", 2, _clock.Now);
        core.SettingsNotTaken("b", 2, _clock.Now);

        Assert.Empty(core.TakeEffects(_clock.Now).Settings);
        _clock.PassTo(_clock.Now.Elapsed + SettingsSpread.Pause);
        Assert.Equal("b", Assert.Single(core.TakeEffects(_clock.Now).Settings).Component);
    }

    [Fact]
    public void S18_an_edit_that_is_offered_once_more_does_not_undo_a_later_one()
    {
        var core = Make(Configuration(limit: 10));
        var first = Offer(Configuration(limit: 20), "second", edited: true) with { Edit = Guid.NewGuid() };
        core.Offer(first);
        core.Offer(Offer(Configuration(limit: 30), "third", edited: true) with { Edit = Guid.NewGuid() });

        Assert.False(core.Offer(first).InForce);
        var row = core.TakeEffects(_clock.Now).Write!;
        var successor = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        successor.ReadSucceeded(row, _clock.Now);

        Assert.False(successor.Offer(first).InForce);
        Assert.True(successor.Offer(first with { Edit = Guid.NewGuid() }).InForce);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(2)]
    public void S18_a_number_that_a_breaker_has_and_that_was_never_stored_is_not_used_again(long number)
    {
        var core = Make(Configuration(limit: 10));
        core.Admit("a", held: null);
        core.Offer(Offer(Configuration(limit: 20), "second"));
        core.TakeEffects(_clock.Now);
        core.WriteSucceeded(_clock.Now);
        Assert.Equal(2, core.Version);

        core.Admit("a", held: new BreakerPolicy { Version = number, Enabled = false });
        Assert.Equal(2, core.Version);
        Assert.NotNull(core.TakeEffects(_clock.Now).Write);
        core.WriteSucceeded(_clock.Now);

        Assert.Equal((number + 1, 20), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
        Assert.Equal(("a", number + 1), core.TakeEffects(_clock.Now).Settings.Select(settings => (settings.Component, settings.Policy.Version)).Single());
    }

    [Fact]
    public void S18_a_breaker_with_the_settings_in_force_or_older_ones_changes_nothing()
    {
        var core = Make(Configuration(limit: 10));
        core.Admit("a", held: null);
        core.TakeEffects(_clock.Now);
        core.WriteSucceeded(_clock.Now);

        core.Admit("a", held: core.Configuration.PolicyFor("a", core.Version));
        core.Admit("a", held: new BreakerPolicy { Version = 0, Enabled = false });

        Assert.Null(core.TakeEffects(_clock.Now).Write);
        Assert.Equal(1, core.Version);
    }

    [Fact]
    public void S18_what_was_in_force_here_only_for_a_while_and_never_stored_does_not_come_back_after_a_merge()
    {
        var core = Make(Configuration(limit: 10));
        core.Offer(Offer(Configuration(limit: 20), "second"));
        core.Offer(Offer(Configuration(limit: 30), "third"));

        core.WriteConflicted(new StoredDirectory { Writer = Guid.NewGuid(), Version = 2, Hashes = ["first", "theirs"], Configuration = Configuration(limit: 40) }, _clock.Now);

        Assert.Equal((4L, "third"), (core.Version, core.InForce.ContentHash));
        Assert.False(core.Offer(Offer(Configuration(limit: 20), "second")).InForce);
        Assert.False(core.Offer(Offer(Configuration(limit: 40), "theirs")).InForce);
        Assert.Equal(["first", "second", "theirs", "third"], core.TakeEffects(_clock.Now).Write!.Hashes.Order());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void S18_settings_are_offered_with_a_hash_of_1_to_128_characters(int length, bool isTaken)
    {
        var core = Make(Configuration(limit: 10));
        var offer = Offer(Configuration(limit: 11), new string('h', length));
        if (isTaken)
        {
            Assert.True(core.Offer(offer).InForce);
        }
        else
        {
            Assert.Contains("incomplete", Assert.Throws<ArgumentException>(() => core.Offer(offer)).Message, StringComparison.Ordinal);
        }

        Assert.Equal(isTaken ? 11 : 10, core.Configuration.Global.MaxCircuitBreakers);
    }
}
