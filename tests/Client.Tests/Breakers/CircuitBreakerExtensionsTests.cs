using System.Linq.Expressions;
using System.Reflection;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Breakers;

/// <summary>Every convenient form: it runs the operation when closed, says so when rejected, and passes the operation's exception on.</summary>
public sealed class CircuitBreakerExtensionsTests
{
    private static readonly Dictionary<string, Func<ICircuitBreaker, Func<int>, Task<int>>> Throwing = new()
    {
        ["sync, state, token, result"] = (breaker, run) => Task.FromResult(breaker.Execute((state, _) => state(), run)),
        ["sync, state, result"] = (breaker, run) => Task.FromResult(breaker.Execute(state => state(), run)),
        ["sync, result"] = (breaker, run) => Task.FromResult(breaker.Execute(run)),
        ["sync, state"] = (breaker, run) => Void(got => breaker.Execute(state => got(state()), run)),
        ["sync"] = (breaker, run) => Void(got => breaker.Execute(() => got(run()))),
        ["async, state, result"] = async (breaker, run) => await breaker.ExecuteAsync(async (state, _) => await Later(state), run),
        ["async, result"] = async (breaker, run) => await breaker.ExecuteAsync(async _ => await Later(run)),
        ["async, state"] = (breaker, run) => VoidAsync(async got => await breaker.ExecuteAsync(async (state, _) => got(await Later(state)), run)),
        ["async"] = (breaker, run) => VoidAsync(async got => await breaker.ExecuteAsync(async _ => got(await Later(run)))),
        ["at once, state, result"] = async (breaker, run) => await breaker.ExecuteAsync((state, _) => ValueTask.FromResult(state()), run),
        ["ended at once, state, result"] = async (breaker, run) => await breaker.ExecuteAsync((state, _) => AtOnce(state), run),
        ["ended at once, state"] = (breaker, run) => VoidAsync(async got => await breaker.ExecuteAsync(async (state, _) => got(await AtOnce(state)), run)),
        ["at once, state"] = (breaker, run) => VoidAsync(async got => await breaker.ExecuteAsync(
            (state, _) =>
            {
                got(state());
                return ValueTask.CompletedTask;
            },
            run)),
        ["task, state, result"] = async (breaker, run) => await breaker.ExecuteAsync((state, _) => LaterTask(state), run),
        ["task, result"] = async (breaker, run) => await breaker.ExecuteAsync(_ => LaterTask(run)),
        ["task, state"] = (breaker, run) => VoidAsync(async got => await breaker.ExecuteAsync((state, _) => DoneTask(state, got), run)),
        ["task"] = (breaker, run) => VoidAsync(async got => await breaker.ExecuteAsync(_ => DoneTask(run, got))),
    };

    private static readonly Dictionary<string, Func<ICircuitBreaker, Func<int>, Func<Rejection, int>, Task<int>>> WithFallback = new()
    {
        ["sync, state, result"] = (breaker, run, otherwise) => Task.FromResult(breaker.Execute(state => state(), run, otherwise)),
        ["sync, result"] = (breaker, run, otherwise) => Task.FromResult(breaker.Execute(run, otherwise)),
        ["sync, state"] = (breaker, run, otherwise) => Void(got => breaker.Execute(state => got(state()), run, rejection => got(otherwise(rejection)))),
        ["sync"] = (breaker, run, otherwise) => Void(got => breaker.Execute(() => got(run()), rejection => got(otherwise(rejection)))),
        ["async, state, result"] = async (breaker, run, otherwise) =>
            await breaker.ExecuteAsync(async (state, _) => await Later(state), run, (rejection, _) => ValueTask.FromResult(otherwise(rejection))),
        ["at once, state, result"] = async (breaker, run, otherwise) =>
            await breaker.ExecuteAsync((state, _) => ValueTask.FromResult(state()), run, (rejection, _) => ValueTask.FromResult(otherwise(rejection))),
        ["async, result"] = async (breaker, run, otherwise) =>
            await breaker.ExecuteAsync(async _ => await Later(run), async (rejection, _) => await Later(() => otherwise(rejection))),
        ["async, state"] = (breaker, run, otherwise) => VoidAsync(async got =>
            await breaker.ExecuteAsync(async (state, _) => got(await Later(state)), run, async (rejection, _) => got(await Later(() => otherwise(rejection))))),
        ["async"] = (breaker, run, otherwise) => VoidAsync(async got =>
            await breaker.ExecuteAsync(async _ => got(await Later(run)), async (rejection, _) => got(await Later(() => otherwise(rejection))))),
        ["task, result"] = async (breaker, run, otherwise) =>
            await breaker.ExecuteAsync(_ => LaterTask(run), (rejection, _) => LaterTask(() => otherwise(rejection))),
        ["task"] = (breaker, run, otherwise) => VoidAsync(async got =>
            await breaker.ExecuteAsync(_ => DoneTask(run, got), (rejection, _) => DoneTask(() => otherwise(rejection), got))),
    };

    private static readonly Dictionary<string, Func<ICircuitBreaker, Func<int>, Task<CallOutcome<int>>>> Trying = new()
    {
        ["sync, state, result"] = (breaker, run) => Task.FromResult(breaker.TryExecute(state => state(), run)),
        ["sync, result"] = (breaker, run) => Task.FromResult(breaker.TryExecute(run)),
        ["sync, state"] = (breaker, run) => Same(got => Task.FromResult(breaker.TryExecute(state => got(state()), run))),
        ["sync"] = (breaker, run) => Same(got => Task.FromResult(breaker.TryExecute(() => got(run())))),
        ["async, result"] = async (breaker, run) => await breaker.TryExecuteAsync(async _ => await Later(run)),
        ["async, state"] = (breaker, run) => Same(async got => await breaker.TryExecuteAsync(async (state, _) => got(await Later(state)), run)),
        ["at once, state"] = (breaker, run) => Same(async got => await breaker.TryExecuteAsync(
            (state, _) =>
            {
                got(state());
                return ValueTask.CompletedTask;
            },
            run)),
        ["async"] = (breaker, run) => Same(async got => await breaker.TryExecuteAsync(async _ => got(await Later(run)))),
        ["ended at once"] = (breaker, run) => Same(async got => await breaker.TryExecuteAsync(async _ => got(await AtOnce(run)))),
        ["task, result"] = async (breaker, run) => await breaker.TryExecuteAsync(_ => LaterTask(run)),
        ["task"] = (breaker, run) => Same(async got => await breaker.TryExecuteAsync(_ => DoneTask(run, got))),
    };

    public static TheoryData<string> ThrowingForms => [.. Throwing.Keys];

    public static TheoryData<string> FallbackForms => [.. WithFallback.Keys];

    public static TheoryData<string> TryingForms => [.. Trying.Keys];

    [Theory]
    [MemberData(nameof(ThrowingForms))]
    public Task Execute_gives_the_result_throws_on_rejection_and_passes_the_operations_exception_on(string form) =>
        TryThrowingAsync(form, mirror => Breaker(mirror));

    [Theory]
    [MemberData(nameof(ThrowingForms))]
    public Task Execute_does_the_same_with_a_breaker_of_the_users_own(string form) => TryThrowingAsync(form, mirror => new UsersOwn(Breaker(mirror)));

    private static async Task TryThrowingAsync(string form, Func<FakeMirror, ICircuitBreaker> make)
    {
        var mirror = new FakeMirror();
        var (call, breaker) = (Throwing[form], make(mirror));

        Assert.Equal(5, await call(breaker, () => 5));
        await Assert.ThrowsAsync<FormatException>(() => call(breaker, () => throw new FormatException()));
        var counted = mirror.Counted;
        Assert.Equal((1L, 1L), (counted.Successes, counted.Failures));
        mirror.Become(BreakerState.Open);
        await Assert.ThrowsAsync<CircuitOpenException>(() => call(breaker, () => throw new FormatException("ran")));
        Assert.Equal(1, mirror.Counted.Counts.Rejected);
    }

    [Theory]
    [MemberData(nameof(FallbackForms))]
    public Task A_fallback_is_for_a_rejection_only(string form) => TryFallbackAsync(form, Breaker);

    [Theory]
    [MemberData(nameof(FallbackForms))]
    public Task A_fallback_is_for_a_rejection_only_with_a_breaker_of_the_users_own(string form) =>
        TryFallbackAsync(form, mirror => new UsersOwn(Breaker(mirror)));

    private static async Task TryFallbackAsync(string form, Func<FakeMirror, ICircuitBreaker> make)
    {
        var mirror = new FakeMirror();
        var (call, breaker) = (WithFallback[form], make(mirror));
        Func<Rejection, int> never = _ => throw new InvalidOperationException("the fallback ran");

        Assert.Equal(5, await call(breaker, () => 5, never));
        await Assert.ThrowsAsync<FormatException>(() => call(breaker, () => throw new FormatException(), never));
        mirror.Become(BreakerState.Open);
        Assert.Equal(30, await call(breaker, () => throw new FormatException("ran"), rejection => (int)rejection.RetryAfter!.Value.TotalSeconds));
        Assert.Equal(1, mirror.Counted.Counts.Rejected);
    }

    [Theory]
    [MemberData(nameof(TryingForms))]
    public Task TryExecute_tells_of_a_rejection_without_an_exception(string form) => TryTryingAsync(form, Breaker);

    [Theory]
    [MemberData(nameof(TryingForms))]
    public Task TryExecute_does_the_same_with_a_breaker_of_the_users_own(string form) => TryTryingAsync(form, mirror => new UsersOwn(Breaker(mirror)));

    private static async Task TryTryingAsync(string form, Func<FakeMirror, ICircuitBreaker> make)
    {
        var mirror = new FakeMirror();
        var (call, breaker) = (Trying[form], make(mirror));

        Assert.Equal(5, (await call(breaker, () => 5)).Result);
        await Assert.ThrowsAsync<FormatException>(() => call(breaker, () => throw new FormatException()));
        Assert.Equal(1, mirror.Counted.Failures);
        mirror.Become(BreakerState.Open);
        Assert.True((await call(breaker, () => throw new FormatException("ran"))).IsRejected);
        Assert.Equal(1, mirror.Counted.Counts.Rejected);
    }

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.Open)]
    public async Task Every_form_tells_the_caller_of_a_missing_operation_and_counts_nothing(BreakerState state)
    {
        var mirror = new FakeMirror(state);
        var forms = typeof(CircuitBreakerExtensions).GetMethods(BindingFlags.Public | BindingFlags.Static);

        Assert.True(forms.Length > 20);
        foreach (var form in forms)
        {
            var missing = await Assert.ThrowsAsync<ArgumentNullException>(() => CallAsync(form, null, Breaker(mirror)));
            Assert.Contains(missing.ParamName, (string[])["operation", "fallback"]);
            missing = await Assert.ThrowsAsync<ArgumentNullException>(() => CallAsync(form, Substitute, Breaker(mirror)));
            Assert.Equal("operation", missing.ParamName);
            missing = await Assert.ThrowsAsync<ArgumentNullException>(() => CallAsync(form, Substitute, null));
            Assert.Contains(missing.ParamName, (string[])["breaker", "operation"]);
        }

        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    /// <summary>Calls a form without an operation; with a fallback only if one is made.</summary>
    private static async Task CallAsync(MethodInfo form, Func<Type, object>? makeFallback, ICircuitBreaker? breaker)
    {
        var closed = form.IsGenericMethodDefinition ? form.MakeGenericMethod([.. form.GetGenericArguments().Select(_ => typeof(string))]) : form;
        var arguments = closed.GetParameters().Select(parameter => parameter.Name switch
        {
            "breaker" => breaker,
            "fallback" => makeFallback?.Invoke(parameter.ParameterType),
            "cancellationToken" => CancellationToken.None,
            _ => null,
        });
        switch (closed.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [.. arguments], null))
        {
            case ValueTask call:
                await call;
                break;
            case ValueTask<string> call:
                await call;
                break;
        }
    }

    /// <summary>A delegate of the type that does nothing.</summary>
    private static object Substitute(Type type)
    {
        var invoke = type.GetMethod("Invoke")!;
        var parameters = invoke.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType)).ToArray();
        return Expression.Lambda(type, Expression.Default(invoke.ReturnType), parameters).Compile();
    }

    private static CircuitBreaker Breaker(FakeMirror mirror) => new(mirror, OutcomeClassifier.Default);

    private static async ValueTask<int> AtOnce(Func<int> run)
    {
        await Task.CompletedTask;
        return run();
    }

    private static async ValueTask<int> Later(Func<int> run)
    {
        await Task.Yield();
        return run();
    }

    private static async Task<int> LaterTask(Func<int> run)
    {
        await Task.Yield();
        return run();
    }

    private static async Task DoneTask(Func<int> run, Action<int> got)
    {
        await Task.Yield();
        got(run());
    }

    private static Task<int> Void(Action<Action<int>> call)
    {
        var result = 0;
        call(value => result = value);
        return Task.FromResult(result);
    }

    private static async Task<int> VoidAsync(Func<Action<int>, Task> call)
    {
        var result = 0;
        await call(value => result = value);
        return result;
    }

    private static async Task<CallOutcome<int>> Same(Func<Action<int>, Task<CallOutcome<NoResult>>> call)
    {
        var result = 0;
        var outcome = await call(value => result = value);
        return outcome.IsRejected ? new CallOutcome<int>(outcome.Rejection) : new CallOutcome<int>(result);
    }
}
