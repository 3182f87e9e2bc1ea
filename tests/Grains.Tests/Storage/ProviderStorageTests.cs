using Orleans.Storage;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Tests.Storage;

/// <summary>Rows in a provider that knows none of our types, and refuses to overwrite what changed.</summary>
public sealed class ProviderStorageTests
{
    private static readonly GrainId Grain = GrainId.Create("breaker", "breaker/pgmq");
    private readonly StrictProvider _provider = new();
    private readonly ProviderStorage _storage;

    public ProviderStorageTests() => _storage = new ProviderStorage(_provider);

    [Fact]
    public async Task Where_nothing_is_stored_nothing_is_read()
    {
        var state = new GrainState<StoredBreaker>();

        await _storage.ReadStateAsync("breaker", Grain, state);

        Assert.Equal((false, null), (state.RecordExists, state.ETag));
    }

    [Fact]
    public async Task A_row_is_written_again_and_again_and_read_as_it_was_written_last()
    {
        var state = new GrainState<StoredBreaker>(new StoredBreaker { Writer = Guid.NewGuid() });
        await _storage.WriteStateAsync("breaker", Grain, state);
        Assert.Equal((true, "1"), (state.RecordExists, state.ETag));
        state.State = state.State! with { Machine = new MachineState { CommandNumber = 7, Totals = new CallCounts { Failures = 3 } } };
        await _storage.WriteStateAsync("breaker", Grain, state);

        var read = new GrainState<StoredBreaker>();
        await _storage.ReadStateAsync("breaker", Grain, read);

        Assert.Equal((true, "2", "2"), (read.RecordExists, read.ETag, state.ETag));
        Assert.Equal((state.State.Writer, 7L, 3L), (read.State!.Writer, read.State.Machine.CommandNumber, read.State.Machine.Totals.Failures));
        Assert.Equal(0, CallCounts.Zero.Failures);
    }

    [Fact]
    public async Task A_row_that_somebody_else_wrote_is_not_overwritten()
    {
        var (mine, other) = (new GrainState<StoredBreaker>(new StoredBreaker()), new GrainState<StoredBreaker>());
        await _storage.WriteStateAsync("breaker", Grain, mine);
        await _storage.ReadStateAsync("breaker", Grain, other);
        await _storage.WriteStateAsync("breaker", Grain, other);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("breaker", Grain, mine));

        Assert.Equal(("1", "2"), (mine.ETag, other.ETag));
    }

    [Fact]
    public async Task A_row_that_is_cleared_is_gone()
    {
        var state = new GrainState<StoredBreaker>(new StoredBreaker());
        await _storage.WriteStateAsync("breaker", Grain, state);

        await _storage.ClearStateAsync("breaker", Grain, state);
        var read = new GrainState<StoredBreaker>();
        await _storage.ReadStateAsync("breaker", Grain, read);

        Assert.Equal((false, false), (state.RecordExists, read.RecordExists));
    }

    /// <summary>One row, whose versions count up.</summary>
    private sealed class StrictProvider : IGrainStorage
    {
        private (object State, int Version)? _row;

        private string? ETag => _row?.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (_row is { } row)
            {
                grainState.State = (T)row.State;
            }

            Tell(grainState);
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Check(grainState);
            _row = (grainState.State!, (_row?.Version ?? 0) + 1);
            Tell(grainState);
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Check(grainState);
            _row = null;
            Tell(grainState);
            return Task.CompletedTask;
        }

        private void Check<T>(IGrainState<T> state)
        {
            if (state.ETag != ETag)
            {
                throw new InconsistentStateException($"version {ETag} is stored, not {state.ETag}");
            }
        }

        private void Tell<T>(IGrainState<T> state) => (state.ETag, state.RecordExists) = (ETag, _row is not null);
    }
}
