using TaskerCore.Orleans.Grains.Directory;

namespace TaskerCore.Orleans.Grains.Tests.Directory;

/// <content>C6, C9: the store.</content>
public sealed partial class DirectoryCoreTests
{
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
    public void C6_until_something_is_read_or_offered_the_settings_of_the_silos_own_files_hold()
    {
        var core = new DirectoryCore(Guid.NewGuid(), Configuration(autoCreate: false, "pgmq"), _clock.Now);

        Assert.NotNull(core.Admit("other", held: null).Refusal);
        Assert.Equal(0, core.Admit("pgmq", held: null).Policy!.Version);
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
}
