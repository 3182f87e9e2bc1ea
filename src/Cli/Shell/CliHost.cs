using System.Collections;
using TaskerCore.Orleans.Cli.Output;

namespace TaskerCore.Orleans.Cli.Shell;

/// <summary>What the program has of the world around it.</summary>
internal sealed record CliHost
{
    /// <summary>Where answers go.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Where faults go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Whether <see cref="Output"/> is a terminal.</summary>
    public required bool IsTerminal { get; init; }

    /// <summary>The environment's variables.</summary>
    public required IDictionary Variables { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes what sends requests to a server.</summary>
    public required Func<Uri, HttpMessageHandler> MakeHandler { get; init; }

    /// <summary>Opens the terminal for a program that has all of it; called only where <see cref="IsTerminal"/>.</summary>
    public Func<ITerminal> OpenTerminal { get; init; } = static () => new SystemTerminal();

    /// <summary>Who commands unless something else is said.</summary>
    public required string Actor { get; init; }

    /// <summary>Whether colours are wanted.</summary>
    public bool HasColor => IsTerminal && Variable("NO_COLOR") is null;

    /// <summary>This process's.</summary>
    public static CliHost OfThisProcess()
    {
        var (output, isTerminal) = Streams.Output();
        return new()
        {
            Output = output,
            Error = Streams.Error(),
            IsTerminal = isTerminal,
            Variables = Environment.GetEnvironmentVariables(),
            MakeHandler = server => new SocketsHttpHandler
            {
                // A key must not follow a redirect, nor go to a proxy on the way to this machine.
                AllowAutoRedirect = false,
                UseProxy = !server.IsLoopback,
            },
            Actor = $"{Environment.UserName}@{Environment.MachineName}",
        };
    }

    /// <summary>A variable that is set to something; null: it is not.</summary>
    public string? Variable(string name) => Variables[name] is string { Length: > 0 } value ? value : null;
}
