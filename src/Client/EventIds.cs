namespace TaskerCore.Orleans.Client;

/// <summary>The ids of this project's log events: 1000-1999. No two events of one process have the same id, and an id never changes its meaning.</summary>
internal static class EventIds
{
    // The worker's service: from 1000.
    public const int WorkerNotRehearsed = 1001;

    // A breaker's local mirror: from 1100.
    public const int BreakerMode = 1101;
    public const int BreakerReportFailed = 1102;
    public const int BreakerPermitFailed = 1103;
    public const int BreakerBroken = 1104;
    public const int BreakerReportDropped = 1105;
    public const int BreakerTransition = 1106;
    public const int BreakerTransitionsLeftOut = 1107;
    public const int BreakerMoreLeftOut = 1108;

    // The worker's session with the cluster: from 1200.
    public const int SessionReachable = 1201;
    public const int SessionRenewalFailed = 1202;
    public const int SessionNotFlushed = 1203;
    public const int SessionMirrorBroken = 1204;
    public const int SessionNotUnregistered = 1205;
    public const int SessionNoGrains = 1206;

    // The connection to the cluster: from 1300.
    public const int ConnectionConnecting = 1301;
    public const int ConnectionConnected = 1302;
    public const int ConnectionNoGateway = 1303;
    public const int ConnectionStopped = 1304;
    public const int ConnectionFailed = 1305;

    // The gateways in use: from 1320.
    public const int GatewaysNotResolved = 1321;
    public const int GatewaysLeftOut = 1322;
    public const int GatewaysAll = 1323;
    public const int GatewaysResolved = 1324;
    public const int GatewaysSlow = 1325;
    public const int GatewaysFault = 1326;

    // Gateways that are not this cluster's: from 1340.
    public const int ForeignGatewayOfAnotherCluster = 1341;
    public const int ForeignGatewayStranger = 1342;
    public const int ForeignGatewayEnds = 1343;

    // The handler of HttpClient: from 1400.
    public const int HttpUnlimited = 1401;
}
