namespace TaskerCore.Orleans.Client;

/// <summary>How a call's end counts (S11).</summary>
public enum OutcomeKind
{
    /// <summary>The component served the call.</summary>
    Success = 0,

    /// <summary>The component did not serve the call.</summary>
    Failure = 1,

    /// <summary>The end says nothing of the component: cancelled by the caller, or the caller's mistake.</summary>
    Ignored = 2,
}
