namespace TaskerCore.Orleans.Tls;

/// <summary>The ids of this project's log events: 4000-4999. No two events of one process have the same id, and an id never changes its meaning.</summary>
internal static class EventIds
{
    // Certificates and keys: from 4000.
    public const int FilesRead = 4001;
    public const int FilesNotRead = 4002;

    // Connections: from 4020.
    public const int ConnectionRefused = 4021;
    public const int ConnectionFailed = 4022;
}
