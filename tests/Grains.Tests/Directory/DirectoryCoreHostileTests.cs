using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Directory;

/// <summary>What no silo offers and no breaker asks does not get into the directory, and so not into its row nor to the breakers.</summary>
public sealed class DirectoryCoreHostileTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void Whatever_is_offered_the_settings_in_force_are_within_their_ranges_and_the_row_is_sound() => Gen.ULong.Array[1, 30].ForAll(500, steps =>
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        core.ReadSucceeded(null, _clock.Now);
        var version = 0L;
        foreach (var step in steps)
        {
            var draw = new Hostile(step);
            try
            {
                _ = draw.Below(4) switch
                {
                    0 => core.Admit(draw.Chance(2) ? "pgmq" : draw.Text()!, held: draw.Chance(2) ? BreakerPolicy.BuiltIn with { Version = draw.Long() } : null) as object,
                    1 => core.Offer(null!),
                    _ => core.Offer(new ConfigurationOffer { Configuration = draw.Configuration()!, ContentHash = draw.Chance(2) ? "h" : draw.Text()!, Edited = draw.Chance(2), SaysNothing = draw.Chance(4), Ending = (EndingKind)draw.Below(5), EndingRequired = (EndingKind)draw.Below(5), Silo = draw.Chance(2) ? "s" : draw.Text() }),
                };
            }
            catch (ArgumentException)
            {
            }

            Assert.InRange(core.Version, version, version + 1);
            version = core.Version;
            Assert.True(ConfigurationRanges.Hold(core.Configuration));
            Assert.All(core.Created, name => Assert.True(ComponentName.IsValid(name)));
        }

        Assert.NotNull(core.Admit("honest", held: null).Policy);
        var row = JsonSerializer.Serialize(core.TakeEffects(_clock.Now).Write);
        Assert.InRange(row.Length, 1, 200_000);
        new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now).ReadSucceeded(JsonSerializer.Deserialize<StoredDirectory>(row), _clock.Now);
    }, shrinks: 200);

    [Fact]
    public void S19_a_bad_name_is_refused_also_to_one_who_says_that_it_exists()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);

        Assert.Equal(RefusalKind.InvalidName, core.Admit(new string('x', 10_000_000), held: BreakerPolicy.BuiltIn).Refusal!.Kind);
        Assert.Equal(RefusalKind.InvalidName, core.Admit(null!, held: BreakerPolicy.BuiltIn).Refusal!.Kind);
        Assert.Empty(core.Created);
    }

    [Fact]
    public void S19_no_more_names_are_noted_than_any_limit_allows_twice()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        for (var name = 0; name < 200_010; name++)
        {
            Assert.NotNull(core.Admit($"c{name}", held: BreakerPolicy.BuiltIn).Policy);
        }

        Assert.Equal(200_000, core.Created.Count);
    }

    [Fact]
    public void S18_every_setting_at_either_end_of_its_range_is_taken_and_beyond_it_refused()
    {
        // A switch has no range that could be left.
        foreach (var setting in SettingCatalog.Instance.Breaker.Where(setting => setting.Kind != SettingKind.Switch))
        {
            var edge = setting.Kind == SettingKind.Rate ? double.Epsilon : setting.Min;
            Assert.True(Takes(setting.Apply(new BreakerSettings(), edge)), setting.Key);
            Assert.True(Takes(setting.Apply(new BreakerSettings(), setting.Max)), setting.Key);
            Assert.False(Takes(setting.Apply(new BreakerSettings(), setting.Max + 1)), setting.Key);
            Assert.False(Takes(setting.Apply(new BreakerSettings(), -1)), setting.Key);
        }

        Assert.False(Takes(new BreakerSettings { FailureRateThreshold = double.NaN }));
    }

    private bool Takes(BreakerSettings settings)
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        var offer = new ConfigurationOffer
        {
            Configuration = new CircuitBreakerConfiguration
            {
                Components = ImmutableSortedDictionary.Create<string, BreakerSettings>(StringComparer.Ordinal).Add("pgmq", settings),
            },
            ContentHash = "h",
        };
        try
        {
            return core.Offer(offer).InForce;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
