namespace TaskerCore.Orleans.Silo;

/// <summary>The ids of this project's log events: 3000-3999. No two events of one process have the same id, and an id never changes its meaning.</summary>
internal static class EventIds
{
    // The silo's start and end: from 3000.
    public const int SiloReady = 3001;
    public const int SiloEmbedded = 3002;
    public const int SiloTrace = 3003;
    public const int SiloCannotRun = 3004;
    public const int SiloStopping = 3005;
    public const int SiloJoinFailed = 3006;
    public const int SiloNotReleased = 3007;

    // The silo's host: from 3020.
    public const int HostOtherEnvironment = 3021;

    // An end that nobody asked for: from 3040.
    public const int FatalEndEnds = 3041;
    public const int FatalEndTrace = 3042;

    // Waiting for Postgres: from 3100.
    public const int PostgresGateWaiting = 3101;
    public const int PostgresGateThere = 3102;

    // Whether Postgres takes writes: from 3120.
    public const int PostgresWatchFault = 3121;
    public const int PostgresWatchGood = 3122;
    public const int PostgresWatchClock = 3123;
    public const int PostgresWatchClockGood = 3124;

    // The schema: from 3140.
    public const int SchemaApplied = 3141;

    // Access to the HTTP API: from 3200.
    public const int AccessRefused = 3201;

    // Operators' commands: from 3220.
    public const int Command = 3221;
}
