using System.Diagnostics;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Metrics;

/// <summary>The activity of a report: the trace that a transition belongs to which the report decides.</summary>
internal static class ReportActivity
{
    /// <summary>Starts it, and has what the running asynchronous method calls belong to it. Null: nobody listens, or nothing is reported.</summary>
    /// <remarks>It begins a trace: a report is of many calls, and which of their threads sends it is chance.</remarks>
    public static Activity? Start(string component, WorkerReport report)
    {
        if (report.Number == 0 || !CircuitBreakerTelemetry.Activities.HasListeners())
        {
            return null;
        }

        Activity.Current = null;
        var activity = CircuitBreakerTelemetry.Activities.StartActivity("circuit_breaker.report", ActivityKind.Client);
        if (activity is not null)
        {
            activity.SetTag(CircuitBreakerTelemetry.Breaker, component).SetTag("report", report.Number);
            TraceCarrier.Send(activity);
        }

        return activity;
    }
}
