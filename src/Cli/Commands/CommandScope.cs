using System.CommandLine;
using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>What commands have in common: the world around them, and the global options.</summary>
internal sealed record CommandScope(CliHost Host, GlobalOptions Options)
{
    /// <summary>The servers that the options name.</summary>
    /// <exception cref="CliFault">They name none, or its key cannot be had.</exception>
    public SiloApi OpenApi(ParseResult parsed) => OpenApi(parsed, parsed.GetValue(Options.Timeout).Value);

    /// <summary>The same, with another limit.</summary>
    public SiloApi OpenApi(ParseResult parsed, TimeSpan timeout) => new(
    [
        .. ServerAddress.Of(Host, parsed.GetValue(Options.Server) ?? [], parsed.GetValue(Options.KeyFile), parsed.GetValue(Options.Insecure))
            .Select(server => new SiloClient(server, Host.MakeHandler(server.Url), timeout, Host.Time)),
    ]);

    /// <summary>Prints in the form that the options name.</summary>
    public Printer PrinterFor(ParseResult parsed) => new(Host, parsed.GetRequiredValue(Options.Output));
}
