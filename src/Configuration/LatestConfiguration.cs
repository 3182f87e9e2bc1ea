namespace TaskerCore.Orleans.Configuration;

/// <summary>What a silo's files said when they were last good. Safe to use from any number of threads.</summary>
internal sealed class LatestConfiguration(LoadedConfiguration initial)
{
    private volatile LoadedConfiguration _current = initial;

    public LoadedConfiguration Current
    {
        get => _current;
        set => _current = value;
    }
}
