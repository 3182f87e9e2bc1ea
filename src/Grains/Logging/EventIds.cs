namespace TaskerCore.Orleans.Grains;

/// <summary>The ids of this project's log events: 2000-2999. No two events of one process have the same id, and an id never changes its meaning.</summary>
internal static class EventIds
{
    // A breaker's authority: from 2000.
    public const int AuthorityTransition = 2001;
    public const int AuthorityPushFailed = 2002;
    public const int AuthorityWriteFailed = 2003;
    public const int AuthorityStoredAgain = 2004;
    public const int AuthorityReadFailed = 2005;
    public const int AuthorityLastWriteFailed = 2006;
    public const int AuthorityDirectorySilent = 2007;
    public const int AuthorityCommand = 2008;

    // The directory: from 2100.
    public const int DirectoryNewSettings = 2101;
    public const int DirectoryNotTaken = 2102;
    public const int DirectoryWriteFailed = 2103;
    public const int DirectoryReadFailed = 2104;
    public const int DirectoryStoredAgain = 2105;

    // Queries of all breakers: from 2120.
    public const int SurveyNoDetails = 2121;
    public const int SurveySilent = 2122;

    // The workers' hubs: from 2200.
    public const int HubNotDelivered = 2201;
    public const int HubNotAttached = 2202;

    // Refused calls: from 2300.
    public const int GuardRefused = 2301;
    public const int GuardCommandRefused = 2302;

    // Workers of another cluster: from 2320.
    public const int ForeignWorkerRejected = 2321;

    // Silos that come and go: from 2400.
    public const int MembershipNotWatching = 2401;
    public const int MembershipBroken = 2402;

    // A silo's entry into the cluster: from 2500.
    public const int EntryInForce = 2501;
    public const int EntrySuperseded = 2502;
    public const int EntryOfferFailed = 2503;
    public const int EntryAwake = 2504;
    public const int EntryNotAwake = 2505;
    public const int EntryNotRehearsed = 2506;
    public const int EntryNotTaken = 2507;
    public const int EntryDifferentEnvironments = 2508;
    public const int EntrySupersededNow = 2509;
    public const int EntryNotReported = 2510;

    // The stage of a silo's life in which it enters: from 2520.
    public const int EntryStageBroken = 2521;
}
