using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S18: a changed file is picked up while running.</summary>
public sealed class ConfigurationWatcherTests : IAsyncDisposable
{
    private readonly ConfigurationFiles _files = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<LoadedConfiguration> _changes = Channel.CreateUnbounded<LoadedConfiguration>();
    private Task _watching = Task.CompletedTask;

    [Fact]
    public async Task S18_a_good_change_is_taken_and_a_bad_one_is_not()
    {
        Write(5);
        Start();

        Write(6);
        Assert.Equal(6, (await NextAsync()).Configuration.Default.FailureThreshold);

        _files.Write("circuit_breakers: { default_config: { failure_threshold: 0 } }");
        Pass(5);
        Write(7);
        Assert.Equal(7, (await NextAsync()).Configuration.Default.FailureThreshold);
    }

    [Fact]
    public async Task S18_a_change_between_the_load_and_the_watch_is_taken()
    {
        Write(5);
        var loader = _files.Loader;
        var loaded = loader.Load();
        Write(9);

        Start(loader, loaded);

        Assert.Equal(9, (await NextAsync()).Configuration.Default.FailureThreshold);
    }

    [Fact]
    public async Task S18_another_comment_is_an_edit_and_a_file_that_is_put_back_is_none()
    {
        Write(5);
        Start();

        _files.Write("circuit_breakers: { default_config: { failure_threshold: 0 } }");
        Pass(5);
        Write(5);
        Pass(5);
        _files.Write("# put in force\ncircuit_breakers: { default_config: { failure_threshold: 5 } }");

        var edit = await NextAsync();
        Assert.Equal(5, edit.Configuration.Default.FailureThreshold);
        Assert.Equal(_files.Loader.Fingerprint(), edit.Fingerprint);
        Assert.False(_changes.Reader.TryRead(out _));
    }

    [Fact]
    public async Task S16_an_overlay_that_appears_is_taken()
    {
        Write(5);
        Start();

        _files.Write("circuit_breakers: { default_config: { failure_threshold: 8 } }", "production");

        Assert.Equal(8, (await NextAsync()).Configuration.Default.FailureThreshold);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _watching);
        _stop.Dispose();
        _files.Dispose();
    }

    private void Write(int threshold) => _files.Write($"circuit_breakers: {{ default_config: {{ failure_threshold: {threshold} }} }}");

    private void Start(ConfigurationLoader? loader = null, LoadedConfiguration? loaded = null)
    {
        loader ??= _files.Loader;
        var watcher = new ConfigurationWatcher(loader, _time, NullLogger<ConfigurationWatcher>.Instance);
        _watching = watcher.RunAsync(
            loaded ?? loader.Load(),
            change =>
            {
                _changes.Writer.TryWrite(change);
                return Task.CompletedTask;
            },
            _stop.Token);
    }

    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<LoadedConfiguration> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var next = _changes.Reader.ReadAsync(limit.Token).AsTask();
        while (!next.IsCompleted)
        {
            Pass(1);
            await Task.WhenAny(next, Task.Delay(1, limit.Token));
        }

        return await next;
    }
}
