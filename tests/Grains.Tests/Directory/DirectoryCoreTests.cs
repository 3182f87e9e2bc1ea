using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Directory;

/// <summary>S15, S18, S19: which breakers may exist, and which settings are in force.</summary>
public sealed partial class DirectoryCoreTests
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
            "The component 'other' is not configured, and auto_create_enabled is false. Configured components: none. "
            + "Add it under component_configs, or set global_settings.auto_create_enabled to true.",
            Message(0));
        Assert.Contains("Configured components: c10, c11. ", Message(2), StringComparison.Ordinal);
        Assert.Contains(", c29. ", Message(20), StringComparison.Ordinal);
        Assert.Contains(", c29, .... ", Message(21), StringComparison.Ordinal);
        Assert.EndsWith(
            "1 exist, and max_circuit_breakers is 1. Raise global_settings.max_circuit_breakers.", LimitReached(), StringComparison.Ordinal);

        string LimitReached()
        {
            var core = Make(Configuration(limit: 1));
            core.Admit("a", held: null);
            return core.Admit("b", held: null).Refusal!.Message;
        }
    }

    [Fact]
    public void S19_a_bad_name_is_refused() => Assert.Equal(RefusalKind.InvalidName, Make(new()).Admit("a b", held: null).Refusal!.Kind);

    [Fact]
    public void S19_a_breaker_that_exists_is_noted_and_never_refused()
    {
        var core = Make(Configuration(limit: 1));
        core.Admit("a", held: null);

        Assert.NotNull(core.Admit("forgotten", held: BreakerPolicy.BuiltIn).Policy);

        Assert.Equal(["a", "forgotten"], core.Created);
        Assert.NotNull(core.Admit("new", held: null).Refusal);
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
