using System.Collections.Concurrent;
using System.Diagnostics;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>The activity of a report, on its way from a worker to the authority.</summary>
public sealed class ReportActivityTests
{
    private static readonly BreakerSettings Quick = new() { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(1), SuccessThreshold = 2 };

    [Fact]
    public async Task The_report_that_opens_a_circuit_and_the_transition_that_it_decides_are_one_trace()
    {
        await using var fleet = await TestFleet.StartAsync(2, Quick, ["traced"]);
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CircuitBreakerTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("breaker") is "traced")
                {
                    seen.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker("traced").UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        using (var caller = new Activity("a call of the application's").Start())
        {
            for (var failure = 0; failure < 3; failure++)
            {
                a.Breaker("traced").Fail();
            }
        }

        await a.Breaker("traced").UntilAsync(breaker => breaker.Snapshot.State == BreakerState.HalfOpen);
        await Until.TrueAsync(() => Transitions().Count() >= 2 && Reports().Any(report => report.SpanId == Transitions().First().ParentSpanId));

        var (opened, halfOpened) = (Transitions().First(), Transitions().Skip(1).First());
        var report = Reports().Single(report => report.SpanId == opened.ParentSpanId);
        Assert.Equal((ActivityKind.Client, ActivityKind.Internal), (report.Kind, opened.Kind));
        Assert.Equal(report.TraceId, opened.TraceId);
        Assert.Equal(default, report.ParentSpanId);
        Assert.Equal(
            ("closed", "open", "consecutive_failures"),
            ((string)opened.GetTagItem("from")!, (string)opened.GetTagItem("to")!, (string)opened.GetTagItem("cause")!));
        Assert.StartsWith("1.", (string)opened.GetTagItem("generation")!, StringComparison.Ordinal);
        Assert.Equal(("timeout_elapsed", default(ActivitySpanId)), ((string)halfOpened.GetTagItem("cause")!, halfOpened.ParentSpanId));

        IEnumerable<Activity> Reports() => seen.Where(activity => activity.OperationName == "circuit_breaker.report");

        IEnumerable<Activity> Transitions() => seen.Where(activity => activity.OperationName == "circuit_breaker.transition");
    }
}
