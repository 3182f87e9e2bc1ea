using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization.Session;

namespace TaskerCore.Orleans.Grains.Interfaces.Connections;

/// <summary>A connection whose <see cref="Connections.Greeting"/> is read on its way to Orleans.</summary>
internal sealed class GreetedConnection
{
    private readonly GreetedTransport _transport;
    private readonly ConnectionDelegate _next;

    private GreetedConnection(ConnectionContext context, GreetedTransport transport, ConnectionDelegate next)
    {
        Context = context;
        _transport = transport;
        _next = next;
    }

    public ConnectionContext Context { get; }

    /// <summary>The greeting, as far as it has been received.</summary>
    public Greeting Greeting => _transport.Greeting;

    /// <summary>Adds a middleware that reads the greeting of each connection. Register it after TLS.</summary>
    /// <param name="connections">The connections of a port, or to gateways.</param>
    /// <param name="handle">Handles a connection: it calls <see cref="RunAsync"/>.</param>
    public static void Use(IConnectionBuilder connections, Func<GreetedConnection, Task> handle)
    {
        var sessions = connections.ApplicationServices.GetRequiredService<SerializerSessionPool>();
        connections.Use(next => async context =>
        {
            var transport = context.Transport;
            var greeted = new GreetedTransport(transport, sessions);
            context.Transport = greeted;
            try
            {
                await handle(new GreetedConnection(context, greeted, next)).ConfigureAwait(false);
            }
            finally
            {
                context.Transport = transport;
            }
        });
    }

    /// <summary>Hands the connection on to Orleans, and returns when it has ended.</summary>
    public Task RunAsync() => _next(Context);
}
