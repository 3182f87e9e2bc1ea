using System.Runtime.CompilerServices;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.TestKit;

/// <summary>Waits for a condition, as long as a test has patience. For conditions that raise no signal: it polls.</summary>
internal static class Until
{
    /// <summary>Waits until the condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="otherwise">Describes the state when time runs out; the condition's source text by default.</param>
    /// <param name="seconds">The limit, in seconds; 20 by default.</param>
    /// <param name="text">The condition's source text, which the compiler passes.</param>
    /// <exception cref="TimeoutException">The condition did not hold in time.</exception>
    public static Task TrueAsync(
        Func<Task<bool>> condition, Func<string>? otherwise = null, int seconds = 20, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        Waiting.UntilAsync(
            condition, otherwise ?? (() => $"still false: {text}"), TimeSpan.FromSeconds(seconds), cancellationToken: TestContext.Current.CancellationToken);

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, Func{string}?, int, string)"/>
    public static Task TrueAsync(
        Func<bool> condition, Func<string>? otherwise = null, int seconds = 20, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(() => Task.FromResult(condition()), otherwise, seconds, text);
}
