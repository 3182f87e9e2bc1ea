using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using TaskerCore.Orleans.Grains.Hosting;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Tests.Storage;

/// <summary>C6: a core's row is read and written as the core wants, and the core learns how that went.</summary>
public sealed class PersistedRowTests : IPersistedCore<PersistedRowTests.Note>, IPersistenceLog, IGrainStorage
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _events = [];
    private readonly Queue<Func<Task>> _statements = new();
    private readonly CoreShell _shell;
    private readonly PersistedRow<Note> _row;
    private Note? _stored;
    private string? _etag;

    public PersistedRowTests()
    {
        _shell = new CoreShell(new MonotonicClock(_time), _ => { }, _ =>
        {
            _events.Add("carried out");
            return null;
        });
        _row = new PersistedRow<Note>(new StoredRow<Note>(this, "note", GrainId.Create("note", "1")), this, _shell, this);
    }

    public int FailedWrites { get; set; }

    [Fact]
    public async Task C6_the_first_read_brings_what_is_stored()
    {
        (_stored, _etag) = (new Note("there"), "1");

        await _row.FirstReadAsync();

        Assert.Equal(["read there"], _events);
    }

    [Fact]
    public async Task C6_the_first_read_is_given_up_after_a_second()
    {
        var never = new TaskCompletionSource();
        _statements.Enqueue(() => never.Task);

        var reading = _row.FirstReadAsync();
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await reading;

        Assert.Equal(["log: not read", "not read"], _events);
    }

    [Fact]
    public async Task C6_a_later_read_that_fails_is_the_cores_to_repeat()
    {
        _statements.Enqueue(() => throw new TimeoutException());

        _row.Read();

        await EndsAsync();
        Assert.Equal(["log: not read", "not read", "carried out"], _events);
    }

    [Fact]
    public async Task C6_a_write_that_succeeds_after_failures_is_logged_with_their_number()
    {
        FailedWrites = 3;

        _row.Write(new Note("first"));

        await EndsAsync();
        Assert.Equal(["written", "log: written after 3", "carried out"], _events);
        Assert.Equal("first", _stored!.Text);
    }

    [Theory]
    [InlineData(0, "log: first failure")]
    [InlineData(2, "log: failure")]
    public async Task C6_only_the_first_of_several_failures_is_new(int before, string logged)
    {
        FailedWrites = before;
        _statements.Enqueue(() => throw new TimeoutException());

        _row.Write(new Note("first"));

        await EndsAsync();
        Assert.Equal([logged, "not written", "carried out"], _events);
    }

    [Fact]
    public async Task C9_a_conflict_brings_the_row_of_the_other_and_the_next_write_is_above_it()
    {
        (_stored, _etag) = (new Note("other"), "7");

        _row.Write(new Note("mine"));
        await EndsAsync();
        _row.Write(new Note("both"));
        await EndsAsync();

        Assert.Equal(["conflict with other", "carried out", "written", "log: written after 0", "carried out"], _events);
        Assert.Equal("both", _stored!.Text);
    }

    [Fact]
    public async Task C9_a_conflict_whose_row_cannot_be_read_is_a_failed_write()
    {
        (_stored, _etag) = (new Note("other"), "7");
        _statements.Enqueue(() => Task.CompletedTask);
        _statements.Enqueue(() => throw new TimeoutException());

        _row.Write(new Note("mine"));

        await EndsAsync();
        Assert.Equal(["log: first failure", "not written", "carried out"], _events);
    }

    [Fact]
    public async Task C6_the_last_write_waits_for_the_one_under_way_and_goes_once_above_a_conflict()
    {
        var slow = new TaskCompletionSource();
        _statements.Enqueue(() => slow.Task);
        _row.Write(new Note("under way"));
        _shell.End();
        Queue<Note> last = new([new("last"), new("last again")]);
        _statements.Enqueue(() => throw new InconsistentStateException("another one"));

        var ending = _row.WriteLastAsync(_ => last.Dequeue(), TestContext.Current.CancellationToken);
        Assert.False(ending.IsCompleted);
        slow.SetResult();
        await ending;

        Assert.Equal("last again", _stored!.Text);
        Assert.Equal(["written", "log: written after 0", "conflict with under way"], _events);
    }

    [Fact]
    public async Task C6_an_ending_core_that_has_nothing_to_write_writes_nothing()
    {
        await _row.WriteLastAsync(_ => null, TestContext.Current.CancellationToken);

        Assert.Null(_stored);
    }

    [Fact]
    public async Task C6_the_last_write_is_given_up_when_its_time_is_over()
    {
        using var limit = new CancellationTokenSource();
        _statements.Enqueue(() => new TaskCompletionSource().Task);
        var ending = _row.WriteLastAsync(_ => new Note("last"), limit.Token);

        await limit.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ending);
    }

    void IPersistedCore<Note>.ReadSucceeded(Note? stored, Moment now) => _events.Add($"read {stored?.Text ?? "nothing"}");

    void IPersistedCore<Note>.ReadFailed(Moment now) => _events.Add("not read");

    void IPersistedCore<Note>.WriteSucceeded(Moment now) => _events.Add("written");

    void IPersistedCore<Note>.WriteFailed(Moment now) => _events.Add("not written");

    void IPersistedCore<Note>.WriteConflicted(Note? stored, Moment now) => _events.Add($"conflict with {stored?.Text}");

    void IPersistenceLog.ReadFailed(Exception exception) => _events.Add("log: not read");

    void IPersistenceLog.WriteFailed(Exception exception, bool isFirst) => _events.Add(isFirst ? "log: first failure" : "log: failure");

    void IPersistenceLog.Written(int failures) => _events.Add($"log: written after {failures}");

    async Task IGrainStorage.ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await NextAsync();
        if (_stored is not null)
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = ((T)(object)_stored, _etag, true);
        }
    }

    async Task IGrainStorage.WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await NextAsync();
        if (grainState.ETag != _etag)
        {
            throw new InconsistentStateException("another one");
        }

        (_stored, _etag) = ((Note)(object)grainState.State!, $"{int.Parse(_etag ?? "0", System.Globalization.CultureInfo.InvariantCulture) + 1}");
        grainState.ETag = _etag;
    }

    Task IGrainStorage.ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    private Task NextAsync() => _statements.TryDequeue(out var statement) ? statement() : Task.CompletedTask;

    /// <summary>Statements end at once here, so that whoever waits for none waits for nothing.</summary>
    private static async Task EndsAsync() => await Task.Yield();

    internal sealed record Note(string Text);
}
