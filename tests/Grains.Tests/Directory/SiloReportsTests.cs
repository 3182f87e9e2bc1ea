using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Directory;

/// <summary>S18: any silo can say where each silo's own settings stand.</summary>
public sealed class SiloReportsTests
{
    private readonly TestClock _clock = new();
    private readonly DirectoryCore _core;

    public SiloReportsTests()
    {
        _core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        _core.Offer(new() { Configuration = new(), ContentHash = "in force", Silo = "a" }, _clock.Now.Utc);
    }

    [Fact]
    public void S18_each_silo_is_in_force_superseded_or_refused()
    {
        _core.Report(Report("a", "in force"), _clock.Now);
        _core.Report(Report("b", "another"), _clock.Now);
        var overview = _core.Report(
            Report("c", "in force") with { Refused = new ConfigurationRefusal { Since = _clock.Now.Utc, Count = 1, Faults = [new("f:1:1", "", "bad")] } }, _clock.Now);

        Assert.Equal(
            [("a", ConfigurationState.InForce), ("b", ConfigurationState.Superseded), ("c", ConfigurationState.Refused)],
            overview.Silos.Select(silo => (silo.Silo, silo.StateIn(overview.ContentHash)!.Value)));
        Assert.Equal(("a", _clock.Now.Utc), (overview.From, overview.Since));
    }

    [Fact]
    public void S18_a_silo_that_reports_no_more_is_forgotten_and_one_that_does_is_shown_as_it_is_now()
    {
        _core.Report(Report("a", "in force"), _clock.Now);
        _core.Report(Report("b", "another"), _clock.Now);
        _clock.Pass(SiloReports.Lifetime.TotalSeconds);
        _core.Report(Report("b", "in force"), _clock.Now);
        Assert.Equal(2, _core.InForceAt(_clock.Now).Overview!.Silos.Length);

        _clock.Pass(1);

        Assert.Equal(("b", "in force"), Assert.Single(_core.InForceAt(_clock.Now).Overview!.Silos) is var only ? (only.Silo, only.ContentHash) : default);
    }

    [Theory]
    [InlineData("production", "Production", false)]
    [InlineData("production", "staging", true)]
    [InlineData("production", null, false)]
    public void S16_silos_with_different_environments_are_named_and_case_is_no_difference(string one, string? other, bool differ)
    {
        _core.Report(Report("a", "in force") with { Environment = one }, _clock.Now);
        var overview = _core.Report(Report("b", "in force") with { Environment = other }, _clock.Now);

        Assert.Equal(differ ? $"the silos run with different environments: {one}: a; {other}: b" : null, overview.DifferentEnvironments);
    }

    [Fact]
    public void A_report_that_no_silo_makes_is_refused()
    {
        var tooLong = new string('x', SiloConfiguration.MaxLength + 1);
        var fault = new ConfigurationProblem("f", "", "bad");
        SiloConfiguration[] reports =
        [
            null!,
            Report("", "hash"),
            Report(tooLong, "hash"),
            Report("a", ""),
            Report("a", "hash") with { Environment = tooLong },
            Report("a", "hash") with { Refused = new ConfigurationRefusal { Faults = default } },
            Report("a", "hash") with { Refused = new ConfigurationRefusal { Faults = [.. Enumerable.Repeat(fault, SiloConfiguration.MaxFaults + 1)] } },
            Report("a", "hash") with { Refused = new ConfigurationRefusal { Faults = [null!] } },
            Report("a", "hash") with { Refused = new ConfigurationRefusal { Faults = [fault with { Message = tooLong }] } },
        ];

        Assert.All(reports, report => Assert.Throws<ArgumentException>(() => _core.Report(report, _clock.Now)));
        Assert.Empty(_core.InForceAt(_clock.Now).Overview!.Silos);
    }

    [Fact]
    public void No_more_silos_are_noted_than_any_cluster_has()
    {
        for (var silo = 0; silo < 1500; silo++)
        {
            _core.Report(Report($"{silo}", "hash"), _clock.Now);
        }

        Assert.Equal(1000, _core.InForceAt(_clock.Now).Overview!.Silos.Length);
    }

    private static SiloConfiguration Report(string silo, string hash) => new() { Silo = silo, ContentHash = hash };
}
