using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Http;
using TaskerCore.Orleans;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Guards the clients of an <see cref="IHttpClientFactory"/> with the cluster's circuit breakers.</summary>
public static class CircuitBreakerHttpClientBuilderExtensions
{
    /// <summary>Guards every request of the client with one breaker. A rejected request throws <see cref="CircuitOpenException"/> before
    /// anything is sent.</summary>
    /// <remarks>Several calls for the same client and component compose: one handler at the place of the first, and each call configures the same
    /// named options. Faults are thrown as <see cref="OptionsValidationException"/> when the host starts, or when the client is made where none runs.</remarks>
    /// <param name="builder">The client, in a worker with <c>AddCircuitBreakers</c>. Handlers that were added before are outside of the
    /// breaker, those added after are inside.</param>
    /// <param name="component">1–128 characters of <c>a-z A-Z 0-9 . _ - : /</c>, case-sensitive (S19).</param>
    /// <param name="configure">Options.</param>
    /// <exception cref="ArgumentException">The name is not a component name.</exception>
    public static IHttpClientBuilder AddClusterCircuitBreaker(
        this IHttpClientBuilder builder, string component, Action<HttpCircuitBreakerOptions>? configure = null)
    {
        ComponentName.ThrowIfInvalid(component);
        return Add(
            builder,
            component,
            component,
            breakers =>
            {
                var breaker = breakers.Get(component);
                return _ => breaker;
            },
            configure);
    }

    /// <summary>Guards each request with the breaker that it is named for, such as that of its host (<see cref="HttpComponent.OfHost"/>).</summary>
    /// <remarks>Each name is a breaker of the cluster, and they are limited (<c>max_circuit_breakers</c>): name few, and none after what a
    /// stranger may choose.</remarks>
    /// <inheritdoc cref="AddClusterCircuitBreaker(IHttpClientBuilder, string, Action{HttpCircuitBreakerOptions}?)"/>
    /// <param name="builder">The client, in a worker with <c>AddCircuitBreakers</c>.</param>
    /// <param name="componentOf">The component of a request. Safe for any number of threads.</param>
    /// <param name="configure">Options.</param>
    public static IHttpClientBuilder AddClusterCircuitBreaker(
        this IHttpClientBuilder builder, Func<HttpRequestMessage, string> componentOf, Action<HttpCircuitBreakerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(componentOf);
        return Add(builder, componentOf, component: null, breakers => request => breakers.Get(componentOf(request)), configure);
    }

    private static IHttpClientBuilder Add(
        IHttpClientBuilder builder,
        object whose,
        string? component,
        Func<ICircuitBreakerManager, Func<HttpRequestMessage, ICircuitBreaker>> breakerOf,
        Action<HttpCircuitBreakerOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = OptionsName(builder.Name, component);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpCircuitBreakerOptions>, HttpCircuitBreakerOptionsValidator>());
        var options = builder.Services.AddOptions<HttpCircuitBreakerOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        builder.Services.Configure<HttpClientFactoryOptions>(builder.Name, factory =>
        {
            var client = new LatestClient();
            LimitCheck? limits = null;
            factory.HttpClientActions.Add(client.Remember);
            factory.HttpMessageHandlerBuilderActions.Add(handlers =>
            {
                if (handlers.AdditionalHandlers.OfType<CircuitBreakerHandler>().Any(handler => handler.IsFor(whose)))
                {
                    return;
                }

                var breakers = breakerOf(handlers.Services.GetBreakers(nameof(AddClusterCircuitBreaker)));
                limits ??= new LimitCheck(
                    handlers.Name ?? string.Empty, component ?? "of each request", handlers.Services.GetRequiredService<ILogger<LimitCheck>>());
                handlers.AdditionalHandlers.Add(new CircuitBreakerHandler(
                    whose, breakers, handlers.Services.GetRequiredService<IOptionsMonitor<HttpCircuitBreakerOptions>>().Get(name), client, handlers.Services.GetService<TimeProvider>() ?? TimeProvider.System, limits));
            });
        });
        return builder;
    }

    /// <summary>The name of a guard's options. The client's is null in the defaults of all clients.</summary>
    private static string OptionsName(string? client, string? component) =>
        client is null ? component ?? Options.Options.DefaultName : component is null ? client : $"{client}-{component}";
}
