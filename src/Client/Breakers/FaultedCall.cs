namespace TaskerCore.Orleans.Client;

/// <summary>Reads the exception of a call that has failed already without throwing it: one throw costs more than everything else that a
/// breaker does with a call.</summary>
internal static class FaultedCall
{
    /// <summary>The exception that awaiting the call would throw. The call must be faulted.</summary>
    public static Exception ExceptionOf(Task call) => call.Exception!.InnerException!;
}
