using System.Collections.Immutable;
using CsCheck;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests;

/// <summary>Draws what no honest party says: every field on its own, and absurd. What could be known to an attacker (generations, seals,
/// permits) is forged from it.</summary>
internal sealed class Hostile(ulong seed)
{
    private static readonly long[] Longs =
        [long.MinValue, -1, 0, 1, 2, 3, 1_000_000_000, 1L << 53, (long.MaxValue / 2) - 1, long.MaxValue / 2, long.MaxValue - 1, long.MaxValue];

    private static readonly ImmutableArray<byte> HugeSeal = [.. new byte[1_000_000]];
    private static readonly string Huge = new('x', 10_000_000);
    private static readonly string?[] Texts =
        [null, "", " ", "w", "\0", "a\nb", "\ud800", "half a pair \udc00", "\u202e\u2028", new('\u00fc', 127), new string('a', 127) + "\ud83d\ude00", Huge];

    private readonly PCG _random = new((uint)seed, seed);

    public int Below(int most) => (int)_random.Next((uint)most);

    public bool Chance(int oneIn) => Below(oneIn) == 0;

    public long Long() => Chance(4) ? unchecked((long)_random.Next64()) : Longs[Below(Longs.Length)];

    public int Int() => unchecked((int)Long());

    public string? Text() => Texts[Below(Texts.Length)];

    public TimeSpan Span() => Chance(6) ? TimeSpan.FromSeconds(Below(20)) : new TimeSpan(Long());

    public DateTimeOffset Time() => new(Math.Abs(Long() % DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);

    public Guid Id() => Chance(8) ? Guid.Empty : new Guid(Below(int.MaxValue), (short)Below(9), 7, [1, 2, 3, 4, 5, 6, 7, (byte)Below(256)]);

    public T Enum<T>()
        where T : struct, Enum => (T)System.Enum.ToObject(typeof(T), (byte)Below(256));

    public T Enum<T>(T known)
        where T : struct, Enum => Chance(3) ? Enum<T>() : known;

    public Generation Generation(Generation known) => Below(6) switch
    {
        0 => known,
        1 => known with { Number = known.Number + 1 },
        2 => known with { Number = Long() },
        3 => known with { Incarnation = Id() },
        4 => new Generation(Long(), Id()),
        _ => default,
    };

    public BreakerClaim? Claim(BreakerSnapshot known) => Chance(12) ? null : new BreakerClaim
    {
        Generation = Generation(known.Generation),
        Revision = Chance(2) ? known.Revision + Below(3) : Long(),
        Remaining = Chance(3) ? null : Span(),
        Offer = Chance(2) ? null : Snapshot(known),
    };

    /// <summary>A snapshot that is known, with things changed: none of what the seal covers may be adopted.</summary>
    public BreakerSnapshot Snapshot(BreakerSnapshot known)
    {
        var forged = known;
        for (var changes = Below(4); changes >= 0; changes--)
        {
            forged = Below(12) switch
            {
                0 => forged with { State = Enum(BreakerState.Open) },
                1 => forged with { Generation = Generation(known.Generation) },
                2 => forged with { Revision = Long() },
                3 => forged with { CommandNumber = Long() },
                4 => forged with { Hold = new OperatorHold(Span(), Time()) },
                5 => forged with { Lineage = Lineage(known) },
                6 => forged with { LastTransition = Chance(3) ? null : Transition() },
                7 => forged with { Seal = Chance(3) ? default : Chance(4) ? HugeSeal : [.. Enumerable.Repeat((byte)7, Below(70))] },
                8 => forged with { Component = Text()! },
                9 => forged with { Policy = null! },
                10 => forged with { Remaining = Span() },
                _ => forged with { FreeProbes = Int(), ConsecutiveFailures = Long() },
            };
        }

        return forged;
    }

    public WorkerReport Report(BreakerSnapshot known, Guid session) => new()
    {
        Session = session,
        Worker = Text()!,
        Number = Chance(2) ? Below(5) : Long(),
        Tallies = Chance(8) ? default : [.. Many(4).Select(_ => Tally(known)!)],
        Probes = Chance(8) ? default : [.. Many(6).Select(_ => Probe(known)!)],
        Permits = new(Long(), Long()),
        Claim = Claim(known)!,
    };

    public PermitRequest Request(BreakerSnapshot known, Guid session) => new()
    {
        Session = session,
        Worker = Text()!,
        Number = Chance(2) ? Below(5) : Long(),
        Permits = new(Long(), Long()),
        Claim = Claim(known)!,
    };

    public HubAttachment Attachment(BreakerSnapshot known) =>
        new() { Hub = Chance(2) ? GrainKeys.Hub(Below(GrainKeys.HubCount)) : Text()!, Workers = Int(), Claim = Claim(known)! };

    public BreakerSettings Settings() => new()
    {
        FailureThreshold = Int(),
        OpenDuration = Span(),
        SuccessThreshold = Int(),
        HalfOpenMaxProbes = Chance(2) ? null : Int(),
        ProbeLease = Chance(2) ? null : Span(),
        FailureRateThreshold = Chance(2) ? null : Rate(),
        SlowCallRateThreshold = Chance(2) ? null : Rate(),
        Window = Span(),
        MinimumCalls = Int(),
        SlowCallDuration = Chance(2) ? null : Span(),
    };

    public CircuitBreakerConfiguration? Configuration() => Chance(10) ? null : new CircuitBreakerConfiguration
    {
        Global = Chance(4) ? null! : Chance(2) ? new() : new() { MaxCircuitBreakers = Int(), MetricsCollectionInterval = Span(), MinStateTransitionInterval = Span() },
        Default = Chance(4) ? null! : Chance(2) ? new() : Settings(),
        Components = Chance(4) ? null!
            : ImmutableSortedDictionary.Create<string, BreakerSettings>(StringComparer.Ordinal).Add(Text() ?? "pgmq", Chance(3) ? null! : Chance(2) ? new() : Settings()),
    };

    private IEnumerable<int> Many(int usually) => Enumerable.Range(0, Chance(500) ? 100_000 : Below(usually));

    private double Rate() => Below(5) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => -1, 3 => 0.5, _ => double.Epsilon };

    private Lineage Lineage(BreakerSnapshot known) => Below(4) switch
    {
        0 => null!,
        1 => new Lineage { Floor = Long(), Tips = default },
        2 => new Lineage { Floor = Long(), Tips = [.. Enumerable.Range(0, Chance(10) ? 100_000 : 20).Select(_ => Generation(known.Generation))] },
        _ => known.Lineage with { Floor = Long() },
    };

    private BreakerTransition Transition() => new()
    {
        From = Enum<BreakerState>(),
        To = Enum<BreakerState>(),
        Generation = new Generation(Long(), Id()),
        At = Time(),
        Cause = Enum<TransitionCause>(),
        Worker = Text(),
        Actor = Text(),
        Reason = Text(),
    };

    private GenerationTally? Tally(BreakerSnapshot known) => Chance(20) ? null : new GenerationTally
    {
        Generation = Generation(known.Generation),
        Local = Chance(3),
        LocalProbes = Long(),
        Tally = Chance(20) ? null! : new OutcomeTally
        {
            Counts = new() { Successes = Long(), Failures = Long(), Ignored = Long(), Rejected = Long(), Slow = Long(), TimedCalls = Long(), TotalDuration = Span() },
            FirstRun = Long(),
            LastRun = Long(),
            LongestRun = Long(),
        },
    };

    private ProbeOutcome? Probe(BreakerSnapshot known) => Chance(20) ? null : new ProbeOutcome
    {
        PermitId = Chance(2) ? Below(6) : Long(),
        Generation = Chance(2) ? known.Generation : Generation(known.Generation),
        Result = Enum(ProbeResult.Success),
        Slow = Chance(2),
        Duration = Chance(2) ? null : Span(),
    };
}
