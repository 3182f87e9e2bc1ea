namespace TaskerCore.Orleans.Configuration;

/// <summary>What a silo's files said when they were last good, and what became of an edit that was not. Safe to use from any number of threads.</summary>
internal sealed class LatestConfiguration(LoadedConfiguration initial)
{
    private volatile LoadedConfiguration _current = initial;
    private volatile RefusedEdit? _refused;

    public LoadedConfiguration Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>The edit that is refused; null: none is.</summary>
    public RefusedEdit? Refused
    {
        get => _refused;
        set => _refused = value;
    }
}
