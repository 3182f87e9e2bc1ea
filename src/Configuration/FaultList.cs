using System.Collections;

namespace TaskerCore.Orleans.Configuration;

/// <summary>The faults of a configuration, in the order in which they are found (S17).</summary>
internal sealed class FaultList : IReadOnlyList<ConfigurationFault>
{
    /// <summary>How many are listed: a file that is something else altogether has more than anybody reads.</summary>
    private const int Max = 1000;

    private readonly List<ConfigurationFault> _faults = [];

    public int Count => _faults.Count;

    public ConfigurationFault this[int index] => _faults[index];

    /// <summary>Adds a fault. The first one above the limit is replaced by a line that says so, further ones are dropped.</summary>
    /// <param name="source">Where: <c>file:line:column</c>, or the environment variable.</param>
    /// <param name="path">The key's path; empty for a file as a whole.</param>
    /// <param name="message">What was found, and what is allowed.</param>
    public void Add(string source, string path, string message)
    {
        if (_faults.Count < Max)
        {
            _faults.Add(new(source, path, message));
        }
        else if (_faults.Count == Max)
        {
            _faults.Add(new(source, string.Empty, $"more than {Max} faults; the rest is not listed"));
        }
    }

    public IEnumerator<ConfigurationFault> GetEnumerator() => _faults.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
