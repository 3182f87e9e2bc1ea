namespace TaskerCore.Orleans.Simulation.Tests;

/// <summary>The protocol in a hostile world. A run that fails prints how to run it again.</summary>
public sealed class SimulationTests
{
    private const int Runs = 400;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Runs that broke a promise once: seed, workers, faults, seconds.</summary>
    public static TheoryData<ulong, int, int, int> OnceFailed => new()
    {
        // The seal of a generation did not cover a command number that was raised within it.
        { 6495806765653, 2, 798, 81 },

        // Two activations said different things of one generation under one revision.
        { 6976542903745, 4, 1838, 47 },

        // A dead worker's message arrived after a split had healed.
        { 6259595058419, 5, 4095, 90 },

        // A command was given while an older row was being written: the row's own command number counts as stored.
        { 5948, 2, 795, 24 },

        // After a split an idle worker's hub did not hear from its authority.
        { 35, 2, 14668, 46 },
        { 972, 3, 13127, 43 },

        // A hub or a worker had a higher revision than what it was pushed, and was taken to have that.
        { 676, 1, 13529, 93 },
        { 3432, 4, 11723, 64 },
        { 4727, 1, 15786, 30 },

        // Two activations came to one revision of the initial generation with different settings.
        { 639311885675718218, 5, 9279, 89 },

        // A hub passed on a worker's claim for its own, and never got what it lacked itself.
        { 28973604550923, 5, 9968, 32 },

        // A command that one side of a split had stored was not learnt by the other while nobody called.
        { 35800810515384, 1, 13252, 24 },

        // An attachment that a hub had given up arrived late, and took its workers from it.
        { 35800938796050, 5, 10545, 117 },

        // A host's clock was a tick short of its alarm, and the alarm rang for ever (the simulator's own defect).
        { 54592866711867, 5, 10005, 41 },

        // The loser of a healed split wrote once more as it ended, after another activation had been born that read the row too soon.
        { 57870651192525, 3, 12363, 42 },

        // A wall clock had jumped past a TTL's end when the row was read (what was promised here was too much).
        { 60383020420904, 1, 12167, 106 },

        // What a hub had said and given up arrived later than what it was pushed: the authority thought that it had no workers.
        { 177507685182, 4, 9643, 72 },

        // A refusal that an authority gave a worker stood for ever: the hub did not know of it, and told nobody when it was over.
        { 639314822821212906, 1, 21515, 15 },
    };

    [Theory]
    [MemberData(nameof(OnceFailed))]
    public void A_run_that_failed_once_keeps_every_promise(ulong seed, int workers, int faults, int seconds) =>
        Assert.Null(Simulation.Run(new SimulationOptions(seed, workers, (Fault)faults, seconds)).Violation);

    [Fact]
    public void A_seed_decides_everything()
    {
        var options = SimulationOptions.Of(42) with { Faults = Fault.All };

        var (first, second) = (Simulation.Run(options), Simulation.Run(options));

        Assert.Equal(first.Steps, second.Steps);
        Assert.Equal(first.Causes.Order(), second.Causes.Order());
    }

    [Fact]
    public void Every_kind_of_fault_alone_keeps_every_promise()
    {
        foreach (var fault in Enum.GetValues<Fault>())
        {
            for (ulong seed = 1; seed <= 20; seed++)
            {
                var options = new SimulationOptions(seed, 3, fault, 40);
                var violation = Simulation.Run(options).Violation;
                Assert.True(violation is null, $"eng/simulate.sh {options}: {violation?.Message}");
            }
        }
    }

    [Fact]
    public void Many_seeds_keep_every_promise_and_reach_every_transition()
    {
        using var output = new StringWriter();

        var failed = Campaign.Run(Longest, firstSeed: 1, output, Runs);

        TestContext.Current.TestOutputHelper?.WriteLine(output.ToString());
        Assert.True(failed is null, output.ToString());
        Assert.All(
            Enum.GetValues<TransitionCause>().Except([TransitionCause.Disabled]),
            cause => Assert.Contains($" {cause} ", output.ToString(), StringComparison.Ordinal));
    }
}
