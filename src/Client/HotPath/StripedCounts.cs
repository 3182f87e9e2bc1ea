using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskerCore.Orleans.Client.HotPath;

/// <summary>What is counted without a lock.</summary>
internal struct HotCounts
{
    public long Successes;
    public long Rejected;
    public long Slow;
    public long Timed;
    public long DurationTicks;
}

/// <summary>Counts that any number of threads increment: in one place while the breaker is seldom used, and, once it is used much, one for
/// each processor, so that no two processors write the same cache line.</summary>
/// <remarks>A thread that is still in the one place while the counts are being spread loses nothing: all are taken.</remarks>
internal struct StripedCounts
{
    /// <summary>Increments of one count between two collections from which each processor counts for itself.</summary>
    internal const int MuchUsed = 10_000;

    private static readonly int Processors = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 8));

    private HotCounts _shared;
    private Stripe[]? _stripes;

    /// <summary>Those that the running thread increments, with interlocked operations: it may be moved to another processor meanwhile.</summary>
    [UnscopedRef]
    public ref HotCounts Own
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var stripes = _stripes;
            return ref stripes is null ? ref _shared : ref stripes[Thread.GetCurrentProcessorId() & (Processors - 1)].Counts;
        }
    }

    /// <summary>Adds one to one of the counts of <see cref="Own"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment(ref long count)
    {
        if (Interlocked.Increment(ref count) == MuchUsed)
        {
            Spread();
        }
    }

    /// <summary>From now on each processor has its own. One more than is used: what lies behind the last is not to share its line.</summary>
    private void Spread()
    {
        if (_stripes is null)
        {
            Interlocked.CompareExchange(ref _stripes, new Stripe[Processors + 1], null);
        }
    }

    /// <summary>What was counted and is not taken yet: nothing is taken.</summary>
    public readonly HotCounts Untaken
    {
        get
        {
            var sum = default(HotCounts);
            Add(in _shared, ref sum);
            foreach (ref readonly var stripe in _stripes.AsSpan())
            {
                Add(in stripe.Counts, ref sum);
            }

            return sum;
        }
    }

    /// <summary>Takes all that was counted: each count once, whoever increments meanwhile.</summary>
    public HotCounts Take()
    {
        var taken = default(HotCounts);
        Move(ref _shared, ref taken);
        foreach (ref var stripe in _stripes.AsSpan())
        {
            Move(ref stripe.Counts, ref taken);
        }

        return taken;
    }

    private static void Add(ref readonly HotCounts from, ref HotCounts to)
    {
        to.Successes += Volatile.Read(in from.Successes);
        to.Rejected += Volatile.Read(in from.Rejected);
        to.Slow += Volatile.Read(in from.Slow);
        to.Timed += Volatile.Read(in from.Timed);
        to.DurationTicks += Volatile.Read(in from.DurationTicks);
    }

    private static void Move(ref HotCounts from, ref HotCounts to)
    {
        to.Successes += Interlocked.Exchange(ref from.Successes, 0);
        to.Rejected += Interlocked.Exchange(ref from.Rejected, 0);
        to.Slow += Interlocked.Exchange(ref from.Slow, 0);
        to.Timed += Interlocked.Exchange(ref from.Timed, 0);
        to.DurationTicks += Interlocked.Exchange(ref from.DurationTicks, 0);
    }

    /// <summary>One processor's counts, a cache line away from those before and from the array's length, which every thread reads.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stripe
    {
        [FieldOffset(64)]
        public HotCounts Counts;
    }
}
