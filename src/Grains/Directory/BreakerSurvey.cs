using Microsoft.Extensions.Logging;
using Orleans;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Directory;

/// <summary>Asks breakers for their details, for queries of the whole cluster. A breaker that does not answer in time is shown as it answered last.</summary>
/// <remarks>Runs on the directory's scheduler only.</remarks>
internal sealed partial class BreakerSurvey(IGrainFactory grains, DirectoryCore core, ILogger logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LimitPerBreaker = TimeSpan.FromMilliseconds(0.2);

    /// <summary>Breakers that are woken at once.</summary>
    private const int Concurrency = 64;

    private readonly ILogger _logger = logger;
    private readonly Dictionary<string, BreakerDetails> _lastKnown = new(StringComparer.Ordinal);

    /// <summary>The details of all breakers that exist. All are asked at once and share one limit: a silo that hangs delays neither the other
    /// breakers nor the answer.</summary>
    public async Task<IReadOnlyList<BreakerDetails>> AllAsync()
    {
        string[] components = [.. core.Created];
        Task<BreakerDetails>[] asked = [.. components.Select(AskAsync)];
        await EndsAsync(Task.WhenAll(asked), Limit + (LimitPerBreaker * components.Length));
        BreakerDetails[] answers = [.. asked.Zip(components, Answer)];
        if (answers.Count(breaker => !breaker.IsAnswering) is > 0 and var silent)
        {
            LogSilent(silent, answers.Length);
        }

        return answers;
    }

    /// <summary>The details of one breaker that exists.</summary>
    public async Task<BreakerDetails> OneAsync(string component)
    {
        var asked = AskAsync(component);
        await EndsAsync(asked, Limit);
        return Answer(asked, component);
    }

    /// <summary>Wakes all breakers that exist, a few at a time.</summary>
    /// <returns>How many there are.</returns>
    public async Task<int> WakeAllAsync()
    {
        string[] components = [.. core.Created];
        using var slots = new SemaphoreSlim(Concurrency);
        await Task.WhenAll(components.Select(async component =>
        {
            await slots.WaitAsync();
            try
            {
                await AskAsync(component);
            }
            catch (Exception exception)
            {
                LogNoDetails(component, exception);
            }
            finally
            {
                slots.Release();
            }
        }));
        return components.Length;
    }

    /// <summary>Waits until it has ended, but no longer than the limit.</summary>
    private static async Task EndsAsync(Task asked, TimeSpan limit)
    {
        asked.Ignore();
        await asked.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private Task<BreakerDetails> AskAsync(string component) => grains.Breaker(component).GetDetailsAsync().AsTask();

    private BreakerDetails Answer(Task<BreakerDetails> asked, string component)
    {
        if (asked.IsCompletedSuccessfully)
        {
            return _lastKnown[component] = asked.Result.Created ? asked.Result : NeverUsed(component);
        }

        if (asked.Exception is { } failed)
        {
            LogNoDetails(component, failed.GetBaseException());
        }

        return (_lastKnown.GetValueOrDefault(component) ?? NeverUsed(component)) with { IsAnswering = false };
    }

    private BreakerDetails NeverUsed(string component) =>
        BreakerDetails.NeverUsed(component, core.Configuration.PolicyFor(component, core.Version)) with { Created = true };

    [LoggerMessage(EventIds.SurveyNoDetails, LogLevel.Debug, "Breaker {Component} did not answer a query")]
    private partial void LogNoDetails(string component, Exception exception);

    [LoggerMessage(EventIds.SurveySilent, LogLevel.Warning, "{Silent} of {Asked} breakers did not answer a query; the answer has their last known state")]
    private partial void LogSilent(int silent, int asked);
}
