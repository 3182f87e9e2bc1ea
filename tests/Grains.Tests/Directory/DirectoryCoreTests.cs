using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Grains.Tests.Directory;

/// <summary>S15, S18, S19: which breakers may exist, and which settings are in force.</summary>
public sealed class DirectoryCoreTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void S19_one_breaker_more_than_the_limit_is_refused_and_the_error_names_the_limit()
    {
        var core = Make(Configuration(limit: 2));

        Assert.NotNull(core.Admit("a").Policy);
        Assert.NotNull(core.Admit("b").Policy);
        var refusal = core.Admit("c").Refusal;

        Assert.Equal(RefusalKind.LimitReached, refusal!.Kind);
        Assert.Contains("max_circuit_breakers is 2", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(core.Admit("a").Policy);
        Assert.Equal(["a", "b"], core.Created);
    }

    [Fact]
    public void S19_a_lowered_limit_evicts_nobody()
    {
        var core = Make(Configuration(limit: 3));
        core.Admit("a");
        core.Admit("b");

        core.Offer(Offer(Configuration(limit: 1), "second"));

        Assert.NotNull(core.Admit("b").Policy);
        Assert.NotNull(core.Admit("c").Refusal);
    }

    [Fact]
    public void S19_with_auto_create_off_only_configured_components_exist_and_the_error_lists_them()
    {
        var core = Make(Configuration(autoCreate: false, "pgmq", "smtp"));

        Assert.NotNull(core.Admit("pgmq").Policy);
        Assert.NotNull(core.Admit("pgmq/orders").Policy);
        var refusal = core.Admit("other").Refusal;

        Assert.Equal(RefusalKind.NotConfigured, refusal!.Kind);
        Assert.Contains("pgmq, smtp", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["smtp"], core.NeverUsed);
    }

    [Fact]
    public void S19_a_bad_name_is_refused() => Assert.Equal(RefusalKind.InvalidName, Make(new()).Admit("a b").Refusal!.Kind);

    [Fact]
    public void S18_settings_never_seen_become_the_newest_and_get_a_number()
    {
        var core = Make(Configuration(limit: 10));

        var answer = core.Offer(Offer(Configuration(limit: 20), "second"));

        Assert.Equal((2L, true), (answer.Version, answer.InForce));
        Assert.Equal((20, 2L), (core.Configuration.Global.MaxCircuitBreakers, core.Admit("a").Policy!.Version));
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
        var core = new DirectoryCore(Guid.NewGuid(), _clock.Now);
        Assert.True(core.TakeRead(_clock.Now));
        core.ReadFailed(_clock.Now);

        core.Offer(Offer(Configuration(limit: 7), "mine"));
        Assert.NotNull(core.Admit("a").Policy);
        Assert.Null(core.TakeWrite(_clock.Now));
        _clock.Pass(1);
        Assert.True(core.TakeRead(_clock.Now));
        core.ReadSucceeded(new StoredDirectory { Writer = Guid.NewGuid(), Created = ["b"], Version = 5, Hashes = ["old"], Configuration = Configuration(limit: 99) }, _clock.Now);

        Assert.Equal(["a", "b"], core.Created);
        Assert.Equal((6L, 7), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
        Assert.Equal(["a", "b"], core.TakeWrite(_clock.Now)!.Created);
    }

    [Fact]
    public void S18_a_file_that_the_store_knows_as_superseded_stays_so_even_if_it_was_offered_first()
    {
        var core = new DirectoryCore(Guid.NewGuid(), _clock.Now);
        core.TakeRead(_clock.Now);
        core.ReadFailed(_clock.Now);
        core.Offer(Offer(Configuration(limit: 7), "old"));

        core.ReadSucceeded(new StoredDirectory { Writer = Guid.NewGuid(), Version = 5, Hashes = ["old", "new"], Configuration = Configuration(limit: 99) }, _clock.Now);

        Assert.Equal((5L, 99), (core.Version, core.Configuration.Global.MaxCircuitBreakers));
    }

    [Fact]
    public void C9_breakers_that_another_activation_admitted_are_kept()
    {
        var core = Make(Configuration(limit: 10));
        core.Admit("ours");
        Assert.NotNull(core.TakeWrite(_clock.Now));

        core.WriteConflicted(new StoredDirectory { Writer = Guid.NewGuid(), Created = ["theirs"], Version = 1, Hashes = ["first"], Configuration = Configuration(limit: 10) }, _clock.Now);

        Assert.Equal(["ours", "theirs"], core.TakeWrite(_clock.Now)!.Created);
    }

    [Fact]
    public void A_failed_write_is_repeated()
    {
        var core = Make(Configuration(limit: 10));
        core.Admit("a");
        Assert.NotNull(core.TakeWrite(_clock.Now));
        core.WriteFailed(_clock.Now);

        Assert.Null(core.TakeWrite(_clock.Now));
        _clock.PassTo(core.NextWake!.Value);
        Assert.NotNull(core.TakeWrite(_clock.Now));
        core.WriteSucceeded(_clock.Now);
        Assert.Null(core.NextWake);
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
        var core = new DirectoryCore(Guid.NewGuid(), _clock.Now);
        Assert.True(core.TakeRead(_clock.Now));
        core.ReadSucceeded(null, _clock.Now);
        core.Offer(Offer(configuration, "first"));
        Assert.NotNull(core.TakeWrite(_clock.Now));
        core.WriteSucceeded(_clock.Now);
        return core;
    }
}
