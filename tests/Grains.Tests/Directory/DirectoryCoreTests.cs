using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Directory;

/// <summary>S15, S18, S19: which breakers may exist, and which settings are in force.</summary>
public sealed class DirectoryCoreTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void S19_one_breaker_more_than_the_limit_is_refused_and_the_error_names_the_limit()
    {
        var core = Make(Configuration(limit: 2));

        Assert.NotNull(core.Admit("a", held: null).Policy);
        Assert.NotNull(core.Admit("b", held: null).Policy);
        var refusal = core.Admit("c", held: null).Refusal;

        Assert.Equal(RefusalKind.LimitReached, refusal!.Kind);
        Assert.Contains("max_circuit_breakers is 2", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(core.Admit("a", held: null).Policy);
        Assert.Equal(["a", "b"], core.Created);
    }

    [Fact]
    public void S19_a_look_up_says_what_is_known_of_a_name_and_which_are_like_it_and_creates_nothing()
    {
        var core = Make(Configuration(autoCreate: true, "pgmq", "smtp"));
        core.Admit("pgmq/orders", held: null);

        var (created, named, inherited, unknown) = (core.LookUp("pgmq/orders"), core.LookUp("pgmq"), core.LookUp("pgmq/ordres"), core.LookUp("smpt"));

        Assert.Equal((true, false, true), (created.Created, created.Named, created.IsKnown));
        Assert.Equal((false, true, true), (named.Created, named.Named, named.IsKnown));
        Assert.Equal((false, false), (inherited.IsKnown, inherited.Policy is null));
        Assert.Equal("pgmq/orders", inherited.Nearest[0]);
        Assert.Equal((false, true, "smtp"), (unknown.IsKnown, unknown.Policy is null, unknown.Nearest[0]));
        Assert.Empty(created.Nearest);
        Assert.Equal(["pgmq/orders"], core.Created);
    }

    [Fact]
    public void S19_a_lowered_limit_evicts_nobody()
    {
        var core = Make(Configuration(limit: 3));
        core.Admit("a", held: null);
        core.Admit("b", held: null);

        core.Offer(Offer(Configuration(limit: 1), "second"));

        Assert.NotNull(core.Admit("b", held: null).Policy);
        Assert.NotNull(core.Admit("c", held: null).Refusal);
    }

    [Fact]
    public void S19_with_auto_create_off_only_configured_components_exist_and_the_error_lists_them()
    {
        var core = Make(Configuration(autoCreate: false, "pgmq", "smtp"));

        Assert.NotNull(core.Admit("pgmq", held: null).Policy);
        Assert.NotNull(core.Admit("pgmq/orders", held: null).Policy);
        var refusal = core.Admit("other", held: null).Refusal;

        Assert.Equal(RefusalKind.NotConfigured, refusal!.Kind);
        Assert.Contains("pgmq, smtp", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalKind.InvalidName, core.Admit("no name", held: null).Refusal!.Kind);
        Assert.Equal(["smtp"], core.NeverUsed);
    }

    [Fact]
    public void S19_the_error_lists_the_first_twenty_and_says_how_to_go_on()
    {
        string Message(int components) =>
            Make(Configuration(autoCreate: false, [.. Enumerable.Range(10, components).Select(number => $"c{number}")])).Admit("other", held: null).Refusal!.Message;

        Assert.Equal(
            "The component 'other' is not configured and auto_create_enabled is false. Configured: none is. "
            + "Add it under component_configs, or set global_settings.auto_create_enabled to true.",
            Message(0));
        Assert.Contains("Configured: c10, c11. ", Message(2), StringComparison.Ordinal);
        Assert.Contains(", c29. ", Message(20), StringComparison.Ordinal);
        Assert.Contains(", c29, .... ", Message(21), StringComparison.Ordinal);
        Assert.EndsWith(
            "1 exist and max_circuit_breakers is 1. Raise global_settings.max_circuit_breakers.", LimitReached(), StringComparison.Ordinal);

        string LimitReached()
        {
            var core = Make(Configuration(limit: 1));
            core.Admit("a", held: null);
            return core.Admit("b", held: null).Refusal!.Message;
        }
    }

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
    public void C6_what_was_read_is_not_read_again()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        Assert.Equal((false, null), (core.TakeEffects(_clock.Now).Read, core.TakeEffects(_clock.Now).NextWake));

        core.ReadSucceeded(null, _clock.Now);

        Assert.Equal((false, null), (core.TakeEffects(_clock.Now).Read, core.TakeEffects(_clock.Now).NextWake));
    }

    [Fact]
    public void C6_until_the_store_is_read_the_next_wake_is_the_next_try()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        core.ReadFailed(_clock.Now);
        core.Admit("a", held: null);
        Assert.Equal(TimeSpan.FromSeconds(0.2), core.TakeEffects(_clock.Now).NextWake);
        _clock.Pass(0.2);
        Assert.True(core.TakeEffects(_clock.Now).Read);

        core.ReadSucceeded(new StoredDirectory { Created = ["b"] }, _clock.Now);

        Assert.Equal(["a", "b"], core.TakeEffects(_clock.Now).Write!.Created);
    }

    [Fact]
    public void C6_a_row_that_says_all_that_is_known_is_not_written_again()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);

        core.ReadSucceeded(new StoredDirectory { Created = ["b"], Version = 4, Hashes = ["theirs"], Configuration = Configuration(limit: 3) }, _clock.Now);

        Assert.Null(core.TakeEffects(_clock.Now).Write);
        Assert.Equal((4L, 3), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
    }

    [Fact]
    public void C6_an_own_row_after_a_failed_write_changes_nothing_nor_does_one_that_is_gone()
    {
        var core = Make(Configuration(limit: 10));
        core.Admit("a", held: null);
        var written = core.TakeEffects(_clock.Now).Write!;
        core.WriteFailed(_clock.Now);
        core.Offer(Offer(Configuration(limit: 11), "second"));

        core.WriteConflicted(written, _clock.Now);
        core.WriteConflicted(null, _clock.Now);

        Assert.Equal((2L, 11), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
        Assert.NotNull(core.TakeEffects(_clock.Now).Write);
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
    public void S19_a_bad_name_is_refused() => Assert.Equal(RefusalKind.InvalidName, Make(new()).Admit("a b", held: null).Refusal!.Kind);

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
    public void C6_the_directory_admits_and_takes_settings_before_the_store_can_be_read()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        core.ReadFailed(_clock.Now);

        core.Offer(Offer(Configuration(limit: 7), "mine"));
        Assert.NotNull(core.Admit("a", held: null).Policy);
        Assert.Null(core.TakeEffects(_clock.Now).Write);
        _clock.Pass(1);
        Assert.True(core.TakeEffects(_clock.Now).Read);
        core.ReadSucceeded(new StoredDirectory { Writer = Guid.NewGuid(), Created = ["b"], Version = 5, Hashes = ["old"], Configuration = Configuration(limit: 99) }, _clock.Now);

        Assert.Equal(["a", "b"], core.Created);
        Assert.Equal((6L, 7), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
        Assert.Equal(["a", "b"], core.TakeEffects(_clock.Now).Write!.Created);
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
    public void C6_until_something_is_read_or_offered_the_settings_of_the_silos_own_files_hold()
    {
        var core = new DirectoryCore(Guid.NewGuid(), Configuration(autoCreate: false, "pgmq"), _clock.Now);

        Assert.NotNull(core.Admit("other", held: null).Refusal);
        Assert.Equal(0, core.Admit("pgmq", held: null).Policy!.Version);
    }

    [Fact]
    public void S19_a_breaker_that_exists_is_noted_and_never_refused()
    {
        var core = Make(Configuration(limit: 1));
        core.Admit("a", held: null);

        Assert.NotNull(core.Admit("forgotten", held: BreakerPolicy.BuiltIn).Policy);

        Assert.Equal(["a", "forgotten"], core.Created);
        Assert.NotNull(core.Admit("new", held: null).Refusal);
    }

    [Fact]
    public void C9_breakers_that_another_activation_admitted_are_kept()
    {
        var core = Make(Configuration(limit: 10));
        core.Admit("ours", held: null);
        Assert.NotNull(core.TakeEffects(_clock.Now).Write);

        core.WriteConflicted(new StoredDirectory { Writer = Guid.NewGuid(), Created = ["theirs"], Version = 1, Hashes = ["first"], Configuration = Configuration(limit: 10) }, _clock.Now);

        Assert.Equal(["ours", "theirs"], core.TakeEffects(_clock.Now).Write!.Created);
    }

    [Fact]
    public void A_failed_write_is_repeated()
    {
        var core = Make(Configuration(limit: 10));
        core.Admit("a", held: null);
        Assert.NotNull(core.TakeEffects(_clock.Now).Write);
        core.WriteFailed(_clock.Now);

        Assert.Null(core.TakeEffects(_clock.Now).Write);
        _clock.PassTo(core.TakeEffects(_clock.Now).NextWake!.Value);
        Assert.NotNull(core.TakeEffects(_clock.Now).Write);
        core.WriteSucceeded(_clock.Now);
        Assert.Null(core.TakeEffects(_clock.Now).NextWake);
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

    [Fact]
    public void C9_when_silos_change_the_row_is_written_once_more_and_another_directorys_settings_are_learned()
    {
        var core = Make(Configuration(limit: 10));
        core.Admit("a", held: null);
        core.TakeEffects(_clock.Now);
        core.WriteSucceeded(_clock.Now);

        core.SilosChanged(_clock.Now);
        Assert.InRange(core.TakeEffects(_clock.Now).NextWake!.Value - _clock.Now.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
        _clock.Pass(15);
        Assert.NotNull(core.TakeEffects(_clock.Now).Write);
        core.WriteConflicted(
            new StoredDirectory { Writer = Guid.NewGuid(), Created = ["a"], Version = 2, Hashes = ["first", "theirs"], Configuration = Configuration(limit: 30) }, _clock.Now);

        Assert.Equal((2L, 30), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
        Assert.Equal(("a", 2L), core.TakeEffects(_clock.Now).Settings.Select(settings => (settings.Component, settings.Policy.Version)).Single());
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
            Assert.Contains("not whole", Assert.Throws<ArgumentException>(() => core.Offer(offer)).Message, StringComparison.Ordinal);
        }

        Assert.Equal(isTaken ? 11 : 10, core.Configuration.Global.MaxCircuitBreakers);
    }

    private static CircuitBreakerConfiguration Configuration(int limit) => new() { Global = new GlobalSettings { MaxCircuitBreakers = limit } };

    private static CircuitBreakerConfiguration Configuration(bool autoCreate, params string[] components) => new()
    {
        Global = new GlobalSettings { AutoCreateEnabled = autoCreate },
        Components = components.Aggregate(
            ImmutableSortedDictionary.Create<string, BreakerSettings>(StringComparer.Ordinal), (all, component) => all.Add(component, new BreakerSettings())),
    };

    private static ConfigurationOffer Offer(CircuitBreakerConfiguration configuration, string hash, bool edited = false) =>
        new() { Configuration = configuration, ContentHash = hash, Edited = edited };

    private DirectoryCore Make(CircuitBreakerConfiguration configuration)
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        core.ReadSucceeded(null, _clock.Now);
        core.Offer(Offer(configuration, "first"));
        Assert.NotNull(core.TakeEffects(_clock.Now).Write);
        core.WriteSucceeded(_clock.Now);
        return core;
    }
}
