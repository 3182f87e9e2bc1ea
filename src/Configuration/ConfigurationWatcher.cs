using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Configuration;

/// <summary>Notices that the files changed while the silo runs (S18). It looks at their content by the clock: notifications of the file
/// system do not reach through every mount, and a mounted map of keys changes by a link.</summary>
internal sealed partial class ConfigurationWatcher(ConfigurationLoader loader, TimeProvider time, ILogger<ConfigurationWatcher> logger)
{
    private string _good = string.Empty;

    /// <summary>How often it looks; a change must look the same twice, so that no half-written file is taken.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Calls <paramref name="changed"/> with each good change since <paramref name="loaded"/>, until cancelled. A bad one is
    /// logged, and what held goes on.</summary>
    public async Task RunAsync(LoadedConfiguration loaded, Func<LoadedConfiguration, Task> changed, CancellationToken cancellationToken)
    {
        var taken = loaded.Fingerprint;
        var before = taken;
        _good = loaded.Fingerprint;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = loader.Fingerprint();
            if (now != taken && now == before && await TakeAsync(now, changed))
            {
                taken = now;
            }

            before = now;
        }
    }

    /// <summary>Takes the files as they are; false: they are being written again.</summary>
    private async Task<bool> TakeAsync(string fingerprint, Func<LoadedConfiguration, Task> changed)
    {
        LoadedConfiguration loaded;
        try
        {
            loaded = loader.Load();
        }
        catch (Exception exception)
        {
            // Whatever is wrong with a file: it must not end a silo that runs.
            LogRefused(exception.Message, exception is ConfigurationFaultsException ? null : exception);
            return true;
        }

        if (loaded.Fingerprint != fingerprint || loader.Fingerprint() != fingerprint)
        {
            return false;
        }

        if (fingerprint == _good)
        {
            // A file that was away for a moment, or was put back: nothing was edited.
            return true;
        }

        // An edit of a comment is one too: so a file that was superseded is put in force.
        _good = fingerprint;
        LogChanged(string.Join(", ", loaded.Files));
        await changed(loaded);
        return true;
    }

    [LoggerMessage(1, LogLevel.Information, "The configuration changed: {Files}")]
    private partial void LogChanged(string files);

    [LoggerMessage(2, LogLevel.Error, "The changed configuration is refused, and what held before goes on. {Faults}")]
    private partial void LogRefused(string faults, Exception? exception);
}
