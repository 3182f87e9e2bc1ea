using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Configuration;

/// <summary>Notices that the files changed while the silo runs (S18). It looks at their content by the clock: notifications of the file
/// system do not reach through every mount, and a mounted map of keys changes by a link.</summary>
internal sealed partial class ConfigurationWatcher(ConfigurationLoader loader, TimeProvider time, ILogger<ConfigurationWatcher> logger)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>How often it looks; a change must look the same twice, so that no half-written file is taken.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Watches until cancelled. A bad change is logged, and what held goes on.</summary>
    /// <param name="loaded">What holds.</param>
    /// <param name="changed">Is called with each good change.</param>
    /// <param name="refused">Is called with each change that is refused, and with null when the files are again as they were.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(
        LoadedConfiguration loaded, Func<LoadedConfiguration, Task> changed, Action<RefusedEdit?> refused, CancellationToken cancellationToken)
    {
        var taken = loaded.Fingerprint;
        var before = taken;
        Note(loaded);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var inputs = Read();
            var now = inputs?.Fingerprint ?? string.Empty;
            if (now != taken && now == before)
            {
                taken = now;
                if (now == loaded.Fingerprint)
                {
                    // A file that was away for a moment, or was put back: nothing was edited.
                    LogPutBack();
                    refused(null);
                }
                else if (Take(inputs, loaded, refused) is { } edited)
                {
                    // An edit of a comment is one too: so a file that was superseded is put in force.
                    loaded = edited;
                    Note(loaded);
                    LogChanged(string.Join(", ", loaded.Files));
                    refused(null);
                    await changed(loaded);
                }
            }

            before = now;
        }
    }

    private void Note(LoadedConfiguration loaded) => _known.UnionWith(loaded.Inputs.All.Select(input => input.Hash));

    /// <summary>Null: they cannot even be listed; why, a load says.</summary>
    private ConfigurationInputs? Read()
    {
        try
        {
            return loader.Read();
        }
        catch (ConfigurationFaultsException)
        {
            return null;
        }
    }

    /// <summary>The settings as they were read; null: they are refused.</summary>
    private LoadedConfiguration? Take(ConfigurationInputs? inputs, LoadedConfiguration held, Action<RefusedEdit?> refused)
    {
        try
        {
            var edited = loader.Load(inputs ?? loader.Read());
            return ContentLoss.Find(held, edited, _known) is { Count: > 0 } lost ? throw new ConfigurationFaultsException(lost) : edited;
        }
        catch (ConfigurationFaultsException exception)
        {
            LogRefused(exception.Message, null);
            refused(new RefusedEdit(time.GetUtcNow(), exception.Faults));
        }
        catch (Exception exception)
        {
            // Whatever is wrong with a file: it must not end a silo that runs.
            LogRefused(exception.Message, exception);
            refused(new RefusedEdit(time.GetUtcNow(), [new(held.Files[0], string.Empty, exception.Message)]));
        }

        return null;
    }

    [LoggerMessage(EventIds.WatcherChanged, LogLevel.Information, "Applied changed configuration files: {Files}")]
    private partial void LogChanged(string files);

    [LoggerMessage(EventIds.WatcherRefused, LogLevel.Error, "Refused the changed configuration; the previous settings stay in force. {Faults}")]
    private partial void LogRefused(string faults, Exception? exception);

    [LoggerMessage(EventIds.WatcherPutBack, LogLevel.Information, "The configuration files match the settings in force again")]
    private partial void LogPutBack();
}
