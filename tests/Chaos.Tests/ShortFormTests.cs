using TaskerCore.Orleans.Chaos.Scenarios;

namespace TaskerCore.Orleans.Chaos.Tests;

/// <summary>Some of the chaos scenarios with faults of seconds: those that need a crowd under load, and so are proved nowhere else.
/// <c>eng/chaos.sh</c> plays them all, at length.</summary>
public sealed class ShortFormTests
{
    [Fact]
    public Task C7_a_killed_silos_breaker_goes_on_elsewhere_and_no_message_is_lost() => PlayAsync(new SiloKilled());

    [Fact]
    public Task C7_an_opening_that_only_mirrors_know_of_survives_a_silo_that_dies_without_Postgres() => PlayAsync(new SiloKilledWithoutPostgres());

    [Fact]
    public Task S8_a_frozen_workers_late_result_moves_nothing() => PlayAsync(new WorkerFrozenWithPermit());

    private static async Task PlayAsync(Scenario scenario)
    {
        var output = TestContext.Current.TestOutputHelper!;
        var runner = new ScenarioRunner(isShort: true, output.WriteLine);

        var report = await runner.RunAsync(scenario, TestContext.Current.CancellationToken);

        Assert.True(report.Held, string.Join(Environment.NewLine, report.Broken));
    }
}
