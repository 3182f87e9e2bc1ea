using System.Threading.Channels;
using Orleans.Storage;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Tests.Storage;

/// <summary>A silo that has thousands of rows to read does not take every connection for them.</summary>
public sealed class BoundedGrainStorageTests
{
    private static readonly GrainId Grain = GrainId.Create("breaker", "breaker/pgmq");
    private readonly SlowStorage _store = new();

    [Fact]
    public async Task Only_so_many_statements_are_under_way_and_the_next_begins_when_one_has_ended_or_failed()
    {
        using var bounded = new BoundedGrainStorage(_store, 2);
        Task[] statements =
        [
            bounded.ReadStateAsync("s", Grain, new GrainState<string>()),
            bounded.WriteStateAsync("s", Grain, new GrainState<string>()),
            bounded.ClearStateAsync("s", Grain, new GrainState<string>()),
            bounded.ReadStateAsync("s", Grain, new GrainState<string>()),
        ];
        Assert.Equal(["read", "write"], _store.Begun);

        _store.Fail(1);
        await Assert.ThrowsAsync<IOException>(() => statements[1]);
        await _store.BegunAsync(3);
        _store.End(0);
        await _store.BegunAsync(4);
        Assert.Equal(["read", "write", "clear", "read"], _store.Begun);
        _store.End(2);
        _store.End(3);

        await Task.WhenAll(statements[0], statements[2], statements[3]);
    }

    private sealed class SlowStorage : IGrainStorage
    {
        private readonly List<(string What, TaskCompletionSource Done)> _begun = [];
        private readonly Channel<int> _counts = Channel.CreateUnbounded<int>();

        public IEnumerable<string> Begun => _begun.Select(statement => statement.What);

        public void End(int index) => _begun[index].Done.SetResult();

        public void Fail(int index) => _begun[index].Done.SetException(new IOException("down"));

        public async Task BegunAsync(int count)
        {
            while (await _counts.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)) < count)
            {
            }
        }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Begin("read");

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Begin("write");

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Begin("clear");

        private Task Begin(string what)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _begun.Add((what, done));
            _counts.Writer.TryWrite(_begun.Count);
            return done.Task;
        }
    }
}
