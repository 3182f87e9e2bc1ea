using System.Net;
using TaskerCore.Orleans.Client.Http;

namespace TaskerCore.Orleans.Client.Tests.Http;

public sealed class HttpOutcomesTests
{
    [Theory]
    [InlineData(200, OutcomeKind.Success)]
    [InlineData(304, OutcomeKind.Success)]
    [InlineData(400, OutcomeKind.Success)]
    [InlineData(404, OutcomeKind.Success)]
    [InlineData(407, OutcomeKind.Success)]
    [InlineData(408, OutcomeKind.Failure)]
    [InlineData(409, OutcomeKind.Success)]
    [InlineData(428, OutcomeKind.Success)]
    [InlineData(429, OutcomeKind.Failure)]
    [InlineData(499, OutcomeKind.Success)]
    [InlineData(500, OutcomeKind.Failure)]
    [InlineData(503, OutcomeKind.Failure)]
    [InlineData(599, OutcomeKind.Failure)]
    public void S11_a_response_that_does_not_serve_the_call_is_a_failure(int status, OutcomeKind kind)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);

        Assert.Equal(kind, HttpOutcomes.Classifier.JudgeResult(response));
    }

    [Theory]
    [InlineData("0", OutcomeKind.Success)]
    [InlineData("1", OutcomeKind.Ignored)]
    [InlineData("2", OutcomeKind.Failure)]
    [InlineData("3", OutcomeKind.Success)]
    [InlineData("4", OutcomeKind.Failure)]
    [InlineData("5", OutcomeKind.Success)]
    [InlineData("7", OutcomeKind.Success)]
    [InlineData("8", OutcomeKind.Failure)]
    [InlineData("12", OutcomeKind.Success)]
    [InlineData("13", OutcomeKind.Failure)]
    [InlineData("14", OutcomeKind.Failure)]
    [InlineData("15", OutcomeKind.Failure)]
    [InlineData("16", OutcomeKind.Success)]
    [InlineData("unavailable", OutcomeKind.Success)]
    [InlineData("", OutcomeKind.Success)]
    public void S11_the_status_of_a_gRPC_call_counts_where_it_is_seen(string status, OutcomeKind kind)
    {
        using var head = new HttpResponseMessage(HttpStatusCode.OK);
        head.Headers.TryAddWithoutValidation("grpc-status", status);
        using var trailer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) { Headers = { { "Content-Type", "application/grpc+proto" } } } };
        trailer.TrailingHeaders.TryAddWithoutValidation("grpc-status", status);
        using var refused = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        refused.Headers.TryAddWithoutValidation("grpc-status", status);

        Assert.Equal(kind, HttpOutcomes.Classifier.JudgeResult(head));
        Assert.Equal(kind, HttpOutcomes.Classifier.JudgeResult(trailer));
        Assert.Equal(OutcomeKind.Failure, HttpOutcomes.Classifier.JudgeResult(refused));
    }

    [Theory]
    [InlineData(typeof(HttpRequestException), OutcomeKind.Failure)]
    [InlineData(typeof(TaskCanceledException), OutcomeKind.Failure)]
    [InlineData(typeof(TimeoutException), OutcomeKind.Failure)]
    [InlineData(typeof(IOException), OutcomeKind.Failure)]
    [InlineData(typeof(NotSupportedException), OutcomeKind.Ignored)]
    [InlineData(typeof(InvalidOperationException), OutcomeKind.Ignored)]
    [InlineData(typeof(ArgumentException), OutcomeKind.Ignored)]
    public void S11_the_transports_exceptions_are_failures_and_the_workers_own_mistakes_are_not(Type exception, OutcomeKind kind) =>
        Assert.Equal(kind, HttpOutcomes.Classifier.JudgeException((Exception)Activator.CreateInstance(exception)!, CancellationToken.None));
}
