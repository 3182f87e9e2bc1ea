using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using TaskerCore.Orleans.Silo.Hosting;

namespace TaskerCore.Orleans.Silo.Tests.Hosting;

/// <summary>What an operator reads, and the exit code, when a silo does not start.</summary>
public sealed class StartFaultTests
{
    public static TheoryData<Exception, int, string> Faults => new()
    {
        { new IOException("Failed to bind.", new AddressInUseException("in use")), ExitCode.Misconfigured, "The HTTP API cannot listen: Failed to bind (in use). Set Urls to another address." },
        { new FormatException("Invalid url: 'x'"), ExitCode.Misconfigured, "Urls is invalid: Invalid url: 'x'." },
        { new UnauthorizedAccessException("Access to '/k' is denied."), ExitCode.Misconfigured, "A file cannot be read: Access to '/k' is denied. Give the silo's user read access, or correct the setting that names the file." },
        { new CryptographicException("Bad data."), ExitCode.Misconfigured, "A certificate or key of the HTTP API cannot be used: Bad data. Correct Kestrel:Certificates." },
        { new AggregateException(new InvalidOperationException("Silo:ClusterId is empty.")), ExitCode.Misconfigured, "Silo:ClusterId is empty." },
        { new TimeoutException("No answer."), ExitCode.Failed, "The silo cannot start (TimeoutException: No answer)." },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void Each_has_one_line_and_the_exit_code_of_what_must_be_done(Exception exception, int exitCode, string message) =>
        Assert.Equal((message, exitCode), (StartFault.Of(exception).Message, StartFault.Of(exception).ExitCode));

    [Fact]
    public void A_line_has_no_line_ends_and_names_the_cause_once()
    {
        Assert.Equal("It fails (the reason)", StartFault.Line(new InvalidOperationException("It\n  fails.", new IOException("the reason."))));
        Assert.Equal("It fails: the reason", StartFault.Line(new InvalidOperationException("It fails: the reason.", new IOException("the reason"))));
    }
}
