using System.Net.Sockets;
using Npgsql;

namespace TaskerCore.Orleans.Client.Pgmq.Tests;

/// <summary>S11: which errors of pgmq speak of the service, and which of the caller.</summary>
public sealed class PgmqErrorsTests
{
    [Theory]
    [InlineData("08006")]
    [InlineData("08P01")]
    [InlineData("53300")]
    [InlineData("57P01")]
    [InlineData("57P02")]
    [InlineData("57P03")]
    [InlineData("57014")]
    [InlineData("58030")]
    [InlineData("XX000")]
    [InlineData("40001")]
    [InlineData("40P01")]
    [InlineData("25006")]
    [InlineData("F0000")]
    public void S11_an_error_of_the_server_is_a_failure(string sqlState) =>
        Assert.Equal(OutcomeKind.Failure, PgmqErrors.Classify(Answer(sqlState)));

    [Theory]
    [InlineData("22P02")]
    [InlineData("23505")]
    [InlineData("42P01")]
    [InlineData("42601")]
    [InlineData("0A000")]
    [InlineData("28P01")]
    [InlineData("3D000")]
    [InlineData("3F000")]
    [InlineData("54000")]
    [InlineData("P0001")]
    public void S11_a_callers_mistake_is_ignored(string sqlState) =>
        Assert.Equal(OutcomeKind.Ignored, PgmqErrors.Classify(Answer(sqlState)));

    [Fact]
    public void S11_what_is_no_answer_of_the_server_is_a_failure()
    {
        Assert.Equal(OutcomeKind.Failure, PgmqErrors.Classify(new NpgsqlException("reset", new IOException())));
        Assert.Equal(OutcomeKind.Failure, PgmqErrors.Classify(new SocketException(111)));
        Assert.Equal(OutcomeKind.Failure, PgmqErrors.Classify(new TimeoutException()));
        Assert.Equal(OutcomeKind.Failure, PgmqErrors.Classify(new OperationCanceledException()));
    }

    [Fact]
    public void S11_a_bad_argument_is_ignored()
    {
        Assert.Equal(OutcomeKind.Ignored, PgmqErrors.Classify(new ArgumentException("no")));
        Assert.Equal(OutcomeKind.Ignored, PgmqErrors.Classify(new InvalidCastException("no")));
    }

    private static PostgresException Answer(string sqlState) => new("message", "ERROR", "ERROR", sqlState);
}
