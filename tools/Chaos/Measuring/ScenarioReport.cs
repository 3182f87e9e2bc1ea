namespace TaskerCore.Orleans.Chaos.Measuring;

/// <summary>What a scenario measured, and what of it did not hold.</summary>
internal sealed class ScenarioReport(int number, string name)
{
    private readonly List<string> _broken = [];
    private readonly List<string> _notes = [];

    public int Number => number;

    public string Name => name;

    /// <summary>Protected calls a second, before the fault.</summary>
    public double CallsPerSecond { get; set; }

    /// <summary>From the failure that decided until the last worker's first rejection; null where nothing opens.</summary>
    public TimeSpan? EveryWorkerRejectsAfter { get; set; }

    /// <summary>Calls that were begun after the failure that decided and reached for the component; null where nothing opens.</summary>
    public long? LeakedCalls { get; set; }

    /// <summary>From the end of the fault until every worker follows the authority's generation; null where none ever left it.</summary>
    public TimeSpan? AllAgreeAfter { get; set; }

    /// <summary>Outcomes that workers counted and the cluster's totals have not; null when it did not come to that.</summary>
    public long? CountersLost { get; set; }

    /// <summary>Messages that were acknowledged and never archived.</summary>
    public long? MessagesLost { get; set; }

    /// <summary>Figures beside those that every scenario has.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>What did not hold.</summary>
    public IReadOnlyList<string> Broken => _broken;

    public bool Held => _broken.Count == 0;

    public void Note(string note) => _notes.Add(note);

    /// <summary>Something must hold; if it does not, the scenario fails, and goes on.</summary>
    public void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            _broken.Add(otherwise);
        }
    }
}
