using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Client.Session;

namespace TaskerCore.Orleans.Client.Tests.Session;

/// <summary>C8: a worker's calls end in time, and the connection learns what that shows about its gateways.</summary>
public sealed class ClusterCallsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private readonly FakeTimeProvider _time = new();
    private readonly Connection _connection = new();
    private readonly ClusterCalls _calls;

    public ClusterCallsTests() => _calls = new ClusterCalls(_connection, Limit, new WorkerClock(_time));

    [Fact]
    public async Task An_answer_is_handed_on_and_says_nothing_about_gateways()
    {
        Assert.Equal(7, await _calls.AnswerAsync(Callee.Hub, () => Task.FromResult(7)));
        Assert.Equal((0, 0), (_connection.Unanswered, _connection.Failed));
    }

    [Fact]
    public async Task C8_a_call_fails_after_one_renewal_and_after_6_s_of_them_the_gateways_are_suspected()
    {
        await LeaveUnansweredAsync();
        await LeaveUnansweredAsync();
        Assert.Equal(0, _connection.Unanswered);

        await LeaveUnansweredAsync();

        Assert.Equal((1, 0), (_connection.Unanswered, _connection.Failed));
    }

    [Fact]
    public async Task C8_a_call_that_fails_at_once_clears_the_gateways_and_keeps_its_exception()
    {
        await Assert.ThrowsAsync<IOException>(() => _calls.AnswerAsync<int>(Callee.Hub, () => throw new IOException()));

        Assert.Equal((0, 1), (_connection.Unanswered, _connection.Failed));
    }

    [Fact]
    public async Task C8_without_a_client_a_call_names_the_way_to_the_cluster_and_no_gateway_is_judged()
    {
        var exception = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => _calls.AnswerAsync(Callee.Hub, () => Task.FromResult(_calls.Client)));

        Assert.Equal("No silo was reached yet through nowhere.", exception.Message);
        Assert.Equal((0, 0), (_connection.Unanswered, _connection.Failed));
    }

    private async Task LeaveUnansweredAsync()
    {
        var call = _calls.AnswerAsync(Callee.Hub, () => new TaskCompletionSource<int>().Task);
        _time.Advance(Limit);
        await Assert.ThrowsAsync<TimeoutException>(() => call);
    }

    private sealed class Connection : IClusterConnection
    {
        public event Action? Changed
        {
            add { }
            remove { }
        }

        public int Unanswered { get; private set; }

        public int Failed { get; private set; }

        public IClusterClient? Client => null;

        public bool EndsWithTheHost => true;

        public Task<Serializer?> GetWireAsync() => Task.FromResult<Serializer?>(null);

        public void CallsUnanswered() => Unanswered++;

        public void CallFailed() => Failed++;

        public string Describe() => "nowhere";

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
