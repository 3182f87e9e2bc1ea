using System.Collections;
using Microsoft.Win32.SafeHandles;

namespace TaskerCore.Orleans.Cli;

/// <summary>What the program has of the world around it.</summary>
internal sealed record CliHost
{
    /// <summary>Where answers go.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Where faults go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether <see cref="Output"/> is a terminal.</summary>
    public required bool IsTerminal { get; init; }

    /// <summary>The environment's variables.</summary>
    public required IDictionary Variables { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes what sends requests to a server.</summary>
    public required Func<Uri, HttpMessageHandler> MakeHandler { get; init; }

    /// <summary>Who commands unless something else is said.</summary>
    public required string Actor { get; init; }

    /// <summary>Whether colours are wanted.</summary>
    public bool HasColor => IsTerminal && Variable("NO_COLOR") is null;

    /// <summary>This process's.</summary>
    public static CliHost OfThisProcess() => new()
    {
        Output = Console.IsOutputRedirected && !OperatingSystem.IsWindows() ? OpenOutput() : Console.Out,
        Error = Console.Error,
        IsTerminal = !Console.IsOutputRedirected,
        Variables = Environment.GetEnvironmentVariables(),
        MakeHandler = server => new SocketsHttpHandler
        {
            // A key must not follow a redirect, nor go to a proxy on the way to this machine.
            AllowAutoRedirect = false,
            UseProxy = !server.IsLoopback,
        },
        Actor = $"{Environment.UserName}@{Environment.MachineName}",
    };

    /// <summary>A variable that is set to something; null: it is not.</summary>
    public string? Variable(string name) => Variables[name] is string { Length: > 0 } value ? value : null;

    /// <summary>Of a pipe the end itself: the console's own stream says nothing when its reader is gone, and <c>watch | grep -m 1 open</c>
    /// would never end.</summary>
    private static TextWriter OpenOutput()
    {
        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? Console.Out : new StreamWriter(output) { AutoFlush = true };
    }
}
