namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>C7, C9: a generation is one stay in one state, whoever speaks of it, and nothing that is made up becomes one.</summary>
internal sealed class GenerationPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    private readonly Dictionary<Generation, BreakerTransition> _begun = [];
    private readonly Dictionary<Generation, (BreakerState State, long Command, TimeSpan FirstSeenAt)> _said = [];
    private readonly Dictionary<SimWorker, BreakerSnapshot> _mirrors = [];

    /// <summary>When anyone first spoke of an open generation; null for one that is not open.</summary>
    public TimeSpan? OpenSince(Generation generation) =>
        _said.TryGetValue(generation, out var said) && said.State == BreakerState.Open ? said.FirstSeenAt : null;

    public override void OnTransition(SimAuthority authority, BreakerTransition transition)
    {
        if (!_begun.TryAdd(transition.Generation, transition))
        {
            Fail("C9 a generation never repeats", $"{transition.Generation} began as {_begun[transition.Generation].To}, and again as {transition.To}");
        }
    }

    public override void OnMirror(SimWorker worker)
    {
        var snapshot = worker.Core.Cluster;
        if (!ReferenceEquals(_mirrors.GetValueOrDefault(worker), snapshot))
        {
            _mirrors[worker] = snapshot;
            Say(snapshot.Generation, snapshot.State, snapshot.CommandNumber, worker.Name);
        }
    }

    public override void OnStay(SimAuthority authority, Stay stay)
    {
        if (Cluster.Forged.Contains(stay.Generation))
        {
            Fail("C7 nothing without a valid seal is adopted", $"{stay.Generation}");
        }

        Say(stay.Generation, stay.State, stay.CommandNumber, "the authority");

        // A command or the end of a TTL that was its own may have been numbered anew, above what was there before it.
        if (!authority.HasCommanded && stay.IsOwn && authority.Core.History is [.., { Cause: TransitionCause.Merged } last] && last.Generation == stay.Generation
            && !authority.Core.History.Any(own => own.Cause == TransitionCause.TtlEnded && own.Generation.Incarnation == authority.Incarnation))
        {
            Merged(stay);
        }
    }

    /// <summary>What is merged has a state that was said under the higher command number.</summary>
    private void Merged(Stay merged)
    {
        var states = _said.Where(said => said.Key != merged.Generation && said.Value.Command == merged.CommandNumber).Select(said => said.Value.State).ToHashSet();
        if (states.Count > 0 && !states.Contains(merged.State))
        {
            Fail("C9 the higher command number wins", $"{merged.State} c{merged.CommandNumber} was made of {string.Join(" and ", states)}");
        }
    }

    private void Say(Generation generation, BreakerState state, long command, string by)
    {
        if (!_said.TryAdd(generation, (state, command, World.Now)) && _said[generation] is var (known, number, _) && (known, number) != (state, command))
        {
            Fail("C9 a generation is one stay in one state", $"{generation} is {known} c{number}, and {state} c{command} for {by}");
        }
    }
}
