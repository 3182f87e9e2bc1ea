namespace TaskerCore.Orleans.Configuration;

/// <summary>The ids of this project's log events: 5000-5999. No two events of one process have the same id, and an id never changes its meaning.</summary>
internal static class EventIds
{
    // Watched files: from 5000.
    public const int WatcherChanged = 5001;
    public const int WatcherRefused = 5002;
    public const int WatcherPutBack = 5003;
}
