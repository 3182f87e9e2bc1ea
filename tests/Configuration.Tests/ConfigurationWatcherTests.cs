using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S18: a changed file is picked up while running.</summary>
public sealed class ConfigurationWatcherTests : IAsyncDisposable
{
    private readonly ConfigurationFiles _files = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<LoadedConfiguration> _changes = Channel.CreateUnbounded<LoadedConfiguration>();
    private readonly Channel<RefusedEdit?> _refused = Channel.CreateUnbounded<RefusedEdit?>();
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
        Assert.Equal(_files.Loader.Read().Fingerprint, edit.Fingerprint);
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

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("{}")]
    [InlineData("---\n")]
    [InlineData("circuit_breakers:\n")]
    [InlineData("circuit_breakers: {}")]
    [InlineData("circuit_breakers:\n  default_config:\n  component_configs:\n")]
    [InlineData("\0\0\0\0")]
    public async Task S18_a_file_that_lost_its_content_is_refused_and_what_held_goes_on(string content)
    {
        Write(5);
        Start();

        _files.Write(content);
        var refused = await NextAsync(_refused);

        Assert.NotNull(refused);
        Assert.Equal(_time.GetUtcNow(), refused.Since, TimeSpan.FromSeconds(5));
        Assert.Contains(content.StartsWith('\0') ? "U+0000" : "has no settings", Assert.Single(refused.Faults).Message, StringComparison.Ordinal);
        Assert.False(_changes.Reader.TryRead(out _));
    }

    [Fact]
    public async Task S18_a_file_cut_off_at_any_byte_is_refused_or_sets_the_same()
    {
        const string whole = "# settings\ncircuit_breakers:\n  default_config:\n    failure_threshold: 12\n    timeout_seconds: 30.5\n  component_configs:\n    pgmq:\n      failure_threshold: 3\n    smtp:\n# the end\n";
        var held = _files.Write(whole).Loader.Load();
        for (var length = 0; length < whole.Length; length++)
        {
            var loader = _files.Write(whole[..length]).Loader;
            if (Record.Exception(() => loader.Load()) is ConfigurationFaultsException)
            {
                continue;
            }

            var edited = loader.Load();
            Assert.True(ContentLoss.Find(held, edited).Count > 0 || edited.ContentHash == held.ContentHash, $"the first {length} bytes are taken");
        }

        _files.Write(whole);
        Start();
        _files.Write(whole[..whole.IndexOf("    smtp", StringComparison.Ordinal)]);
        Assert.Contains("has only the first", Assert.Single((await NextAsync(_refused))!.Faults).Message, StringComparison.Ordinal);

        // Meant, and said so by one more change.
        _files.Write("# without smtp\n" + whole[..whole.IndexOf("    smtp", StringComparison.Ordinal)]);
        Assert.Equal(["pgmq"], (await NextAsync()).Configuration.Components.Keys);
        Assert.Null(await NextAsync(_refused));
    }

    [Fact]
    public async Task S18_an_edit_that_added_lines_at_the_end_can_be_rolled_back()
    {
        const string first = "circuit_breakers:\n  default_config:\n    failure_threshold: 5\n";
        _files.Write(first);
        Start();

        _files.Write(first + "    timeout_seconds: 7\n");
        Assert.Equal(7, (await NextAsync()).Configuration.Default.OpenDuration.TotalSeconds);
        _files.Write(first);

        Assert.Equal(30, (await NextAsync()).Configuration.Default.OpenDuration.TotalSeconds);
    }

    [Fact]
    public async Task S18_an_overlay_that_disappears_is_refused_unless_the_file_is_edited_with_it()
    {
        Write(5);
        _files.Write("circuit_breakers: { default_config: { failure_threshold: 8 } }", "production");
        Start();

        File.Delete(Path.ChangeExtension(_files.Path, ".production.yaml"));
        Assert.Contains("the overlay and its settings are missing", Assert.Single((await NextAsync(_refused))!.Faults).Message, StringComparison.Ordinal);

        Write(6);
        Assert.Equal(6, (await NextAsync()).Configuration.Default.FailureThreshold);
    }

    [Fact]
    public async Task S18_a_refusal_ends_when_the_file_is_put_back_or_edited_well()
    {
        Write(5);
        Start();

        File.Delete(_files.Path);
        Assert.Contains("it does not exist", Assert.Single((await NextAsync(_refused))!.Faults).Message, StringComparison.Ordinal);
        Write(5);
        Assert.Null(await NextAsync(_refused));
        _files.Write("circuit_breakers: { default_config: { failure_threshold: 0 } }");
        Assert.EndsWith("breakers.yaml:1:58", Assert.Single((await NextAsync(_refused))!.Faults).Source, StringComparison.Ordinal);
        Write(6);
        Assert.Null(await NextAsync(_refused));
        Assert.Equal(6, (await NextAsync()).Configuration.Default.FailureThreshold);
    }

    [Fact]
    public async Task S18_a_second_overlay_of_the_environment_is_refused_while_running()
    {
        Write(5);
        Start();

        _files.Write("circuit_breakers: { default_config: { failure_threshold: 8 } }", "production").Write("circuit_breakers: { default_config: { failure_threshold: 9 } }", "Production");

        Assert.Contains("more than one overlay", Assert.Single((await NextAsync(_refused))!.Faults).Message, StringComparison.Ordinal);
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
            refused => _refused.Writer.TryWrite(refused),
            _stop.Token);
    }

    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private Task<LoadedConfiguration> NextAsync() => NextAsync(_changes);

    private Task<T> NextAsync<T>(Channel<T> channel) => _time.FinishAsync(channel.Reader.ReadAsync().AsTask(), step: TimeSpan.FromSeconds(1));
}
