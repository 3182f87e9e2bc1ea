namespace TaskerCore.Orleans.Client;

/// <summary>Stands in an outcome for "the call was made".</summary>
internal sealed class NoRejection : IRejectionSource
{
    public static readonly NoRejection Instance = new();

    private NoRejection()
    {
    }

    RejectionKind IRejectionSource.Kind => default;

    string IRejectionSource.Component => string.Empty;

    BreakerState IRejectionSource.State => default;

    Generation IRejectionSource.Generation => default;

    TimeSpan? IRejectionSource.RetryAfter => null;

    TransitionCause? IRejectionSource.Cause => null;

    string? IRejectionSource.Actor => null;

    string? IRejectionSource.Reason => null;
}
