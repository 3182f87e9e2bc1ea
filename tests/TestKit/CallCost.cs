using System.Runtime.ExceptionServices;

namespace TaskerCore.Orleans.TestKit;

/// <summary>What a call costs that ends on the thread that makes it.</summary>
internal static class CallCost
{
    /// <summary>The bytes that a thousand calls allocate, once it has been made a hundred times.</summary>
    public static long AllocatedBy<T>(Func<T> call)
    {
        for (var warmUp = 0; warmUp < 100; warmUp++)
        {
            call();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var repeat = 0; repeat < 1000; repeat++)
        {
            call();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>How often it throws on this thread, caught or not.</summary>
    public static int ThrowsOf<T>(Func<T> call)
    {
        var thread = Environment.CurrentManagedThreadId;
        var throws = 0;
        void Count(object? sender, FirstChanceExceptionEventArgs thrown) => throws += Environment.CurrentManagedThreadId == thread ? 1 : 0;
        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            call();
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }

        return throws;
    }
}
