using System.Net;
using System.Net.Http.Headers;
using TaskerCore.Orleans.Client.Http;

namespace TaskerCore.Orleans.Client.Tests.Http;

/// <summary>S11: what the status of a gRPC call means for its breaker.</summary>
public sealed class GrpcStatusTests
{
    [Theory]
    [InlineData("0", OutcomeKind.Success)]
    [InlineData("1", OutcomeKind.Ignored)]
    [InlineData("3", OutcomeKind.Success)]
    [InlineData("4", OutcomeKind.Failure)]
    [InlineData("5", OutcomeKind.Success)]
    [InlineData("14", OutcomeKind.Failure)]
    [InlineData("no number", OutcomeKind.Success)]
    public void S11_it_is_read_from_the_headers_else_from_the_trailers(string status, OutcomeKind expected)
    {
        using var early = Response();
        early.Headers.Add("grpc-status", status);
        using var late = Response();
        late.TrailingHeaders.Add("grpc-status", status);

        Assert.Equal((expected, expected), (GrpcStatus.Judge(early), GrpcStatus.Judge(late)));
    }

    [Fact]
    public void S11_a_response_without_a_status_and_trailers_of_another_kind_are_a_success()
    {
        using var none = Response();
        using var other = Response("text/plain");
        other.TrailingHeaders.Add("grpc-status", "14");

        Assert.Equal((OutcomeKind.Success, OutcomeKind.Success), (GrpcStatus.Judge(none), GrpcStatus.Judge(other)));
    }

    private static HttpResponseMessage Response(string type = "application/grpc")
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return response;
    }
}
