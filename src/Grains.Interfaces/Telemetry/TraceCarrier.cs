using System.Diagnostics;
using Orleans.Runtime;

namespace TaskerCore.Orleans.Grains.Interfaces.Telemetry;

/// <summary>Carries the trace of a call to the called grain: in the request's context, under the name of W3C and of Orleans' own propagation.
/// Orleans propagates nothing unless its own activities, of each call of every grain, have a listener.</summary>
internal static class TraceCarrier
{
    private const string TraceParent = "traceparent";

    /// <summary>Makes the activity the parent of the running method's further calls.</summary>
    public static void Send(Activity activity) => RequestContext.Set(TraceParent, activity.Id!);

    /// <summary>The activity of the running call; the default if it has none.</summary>
    public static ActivityContext Received =>
        RequestContext.Get(TraceParent) is string id && ActivityContext.TryParse(id, null, isRemote: true, out var context) ? context : default;
}
