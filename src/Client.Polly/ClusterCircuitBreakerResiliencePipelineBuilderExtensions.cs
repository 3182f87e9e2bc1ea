using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Polly;

namespace Polly;

/// <summary>Adds the cluster's circuit breakers to resilience pipelines.</summary>
/// <remarks>
/// <para>The breaker is the cluster's: any number of pipelines, in any number of workers, share it, and it lives on when they are gone. A
/// rejection is an outcome with <see cref="CircuitOpenException"/>, and nothing is thrown for it inside the pipeline.</para>
/// <para>In half-open a call first asks the cluster for a probe permit. A synchronous one waits for it, and its callback then runs on a
/// thread of the pool.</para>
/// </remarks>
public static class ClusterCircuitBreakerResiliencePipelineBuilderExtensions
{
    /// <summary>The components of each builder.</summary>
    private static readonly ConditionalWeakTable<ResiliencePipelineBuilderBase, HashSet<string>> Added = [];

    /// <summary>Adds a breaker to the pipeline.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="breaker">The breaker: the worker's own, or any other implementation.</param>
    /// <param name="options">What a failure is, and the strategy's name. Default: the breaker's own classifier.</param>
    /// <exception cref="InvalidOperationException">The pipeline has a breaker of the same component already.</exception>
    public static ResiliencePipelineBuilder AddClusterCircuitBreaker(
        this ResiliencePipelineBuilder builder, ICircuitBreaker breaker, ClusterCircuitBreakerStrategyOptions? options = null) =>
        Add(builder, breaker, options ?? new());

    /// <inheritdoc cref="AddClusterCircuitBreaker(ResiliencePipelineBuilder, ICircuitBreaker, ClusterCircuitBreakerStrategyOptions?)"/>
    /// <typeparam name="TResult">The type of the pipeline's results.</typeparam>
    public static ResiliencePipelineBuilder<TResult> AddClusterCircuitBreaker<TResult>(
        this ResiliencePipelineBuilder<TResult> builder, ICircuitBreaker breaker, ClusterCircuitBreakerStrategyOptions<TResult>? options = null) =>
        Add(builder, breaker, options ?? new());

    /// <summary>Adds the breaker of a component to the pipeline.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="component">1–128 characters of <c>a-z A-Z 0-9 . _ - : /</c>, case-sensitive (S19).</param>
    /// <param name="breakers">The worker's breakers.</param>
    /// <param name="options">What a failure is, and the strategy's name. Default: the breaker's own classifier.</param>
    /// <exception cref="ArgumentException">The name is not a component name.</exception>
    /// <exception cref="InvalidOperationException">The pipeline has a breaker of the same component already.</exception>
    public static ResiliencePipelineBuilder AddClusterCircuitBreaker(
        this ResiliencePipelineBuilder builder, string component, ICircuitBreakerManager breakers, ClusterCircuitBreakerStrategyOptions? options = null) =>
        Add(builder, Get(component, breakers), options ?? new());

    /// <inheritdoc cref="AddClusterCircuitBreaker(ResiliencePipelineBuilder, string, ICircuitBreakerManager, ClusterCircuitBreakerStrategyOptions?)"/>
    /// <typeparam name="TResult">The type of the pipeline's results.</typeparam>
    public static ResiliencePipelineBuilder<TResult> AddClusterCircuitBreaker<TResult>(
        this ResiliencePipelineBuilder<TResult> builder,
        string component,
        ICircuitBreakerManager breakers,
        ClusterCircuitBreakerStrategyOptions<TResult>? options = null) =>
        Add(builder, Get(component, breakers), options ?? new());

    /// <summary>Adds the breaker of a component to a pipeline that is made from services, as in
    /// <c>AddResiliencePipeline("orders", (builder, context) => builder.AddClusterCircuitBreaker("pgmq", context.ServiceProvider))</c>.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="component">1–128 characters of <c>a-z A-Z 0-9 . _ - : /</c>, case-sensitive (S19).</param>
    /// <param name="services">The worker's services, with <c>AddCircuitBreakers</c>.</param>
    /// <param name="options">What a failure is, and the strategy's name. Default: the breaker's own classifier.</param>
    /// <exception cref="ArgumentException">The name is not a component name.</exception>
    /// <exception cref="InvalidOperationException">The services lack <c>AddCircuitBreakers</c>, or the pipeline has a breaker of the same
    /// component already.</exception>
    public static ResiliencePipelineBuilder AddClusterCircuitBreaker(
        this ResiliencePipelineBuilder builder, string component, IServiceProvider services, ClusterCircuitBreakerStrategyOptions? options = null) =>
        Add(builder, Get(component, services), options ?? new());

    /// <inheritdoc cref="AddClusterCircuitBreaker(ResiliencePipelineBuilder, string, IServiceProvider, ClusterCircuitBreakerStrategyOptions?)"/>
    /// <typeparam name="TResult">The type of the pipeline's results.</typeparam>
    public static ResiliencePipelineBuilder<TResult> AddClusterCircuitBreaker<TResult>(
        this ResiliencePipelineBuilder<TResult> builder,
        string component,
        IServiceProvider services,
        ClusterCircuitBreakerStrategyOptions<TResult>? options = null) =>
        Add(builder, Get(component, services), options ?? new());

    private static ICircuitBreaker Get(string component, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return Get(component, services.GetBreakers(nameof(AddClusterCircuitBreaker)));
    }

    private static ICircuitBreaker Get(string component, ICircuitBreakerManager breakers)
    {
        ArgumentNullException.ThrowIfNull(breakers);
        return breakers.Get(component);
    }

    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(ClusterCircuitBreakerStrategyOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(ClusterCircuitBreakerStrategyOptions<>))]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Polly reads the attributes of the options: all of their members are kept.")]
    private static TBuilder Add<TBuilder, TResult>(
        TBuilder builder, ICircuitBreaker breaker, ClusterCircuitBreakerStrategyOptions<TResult> options)
        where TBuilder : ResiliencePipelineBuilderBase
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(breaker);
        if (!Added.GetOrCreateValue(builder).Add(breaker.Component))
        {
            throw new InvalidOperationException(
                $"The pipeline has the breaker '{breaker.Component}' already: a call would count twice, and probe twice. Leave one of the two out.");
        }

        return builder.AddStrategy(
            context => new ClusterCircuitBreakerStrategy<TResult>(breaker, options.ShouldHandle, context.Telemetry), options);
    }
}
