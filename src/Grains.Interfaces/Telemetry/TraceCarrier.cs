using System.Diagnostics;
using Orleans.Runtime;

namespace TaskerCore.Orleans.Grains.Interfaces.Telemetry;

/// <summary>Takes the trace of a call along to the grain that is called: in the request's context, under the name that W3C gave it and
/// Orleans' own propagation uses. Orleans' hands on nothing unless its own activities are listened to, of each call of every grain.</summary>
internal static class TraceCarrier
{
    private const string TraceParent = "traceparent";

    /// <summary>What the running method calls from now on belongs to the activity.</summary>
    public static void Send(Activity activity) => RequestContext.Set(TraceParent, activity.Id!);

    /// <summary>The activity that the running call belongs to; the default where it belongs to none.</summary>
    public static ActivityContext Received =>
        RequestContext.Get(TraceParent) is string id && ActivityContext.TryParse(id, null, isRemote: true, out var context) ? context : default;
}
