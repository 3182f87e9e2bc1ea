using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Cluster;

/// <summary>Questions while a silo's end is being noticed: asked again for seconds, and what is said when nobody answers.</summary>
public sealed class ClusterBreakersTests
{
    private static readonly TimeSpan Failover = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new();
    private readonly IClusterClient _client = DispatchProxy.Create<IClusterClient, FakeClient>();

    public static TheoryData<Exception> Passing =>
    [
        new SiloUnavailableException("gone"), new OrleansException("rejected"), new TimeoutException(), new OperationCanceledException(),
        new SocketException((int)SocketError.ConnectionReset), new IOException("reset"), new ObjectDisposedException("connection"),
    ];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task A_question_is_repeated_through_a_failover_whatever_its_calls_end_with(Exception exception)
    {
        var begin = _time.GetTimestamp();
        Answer(() => _time.GetElapsedTime(begin) < Failover ? throw exception : Task.FromResult<BreakerDetails?>(null));

        Assert.Null(await FinishAsync(Breakers().GetAsync("pgmq")));
        Assert.InRange(_time.GetElapsedTime(begin), Failover, Failover + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_call_that_a_silo_that_hangs_leaves_unanswered_is_given_up_and_made_again()
    {
        var calls = 0;
        Answer(() => calls++ == 0 ? new TaskCompletionSource<BreakerDetails?>().Task : Task.FromResult<BreakerDetails?>(null));

        Assert.Null(await FinishAsync(Breakers().GetAsync("pgmq")));
        Assert.Equal(2, calls);
    }

    [Theory]
    [InlineData("the gateways silo:1", "Check that a silo runs there and that its gateway port is open to this machine.")]
    [InlineData("this silo", "try again")]
    public async Task When_nobody_answers_the_message_has_the_way_and_its_own_advice(string way, string advice)
    {
        Answer(() => throw new SiloUnavailableException("gone"));
        var begin = _time.GetTimestamp();

        var fault = await Assert.ThrowsAsync<ClusterUnavailableException>(() => FinishAsync(Breakers(way, advice).GetAsync("pgmq")));

        Assert.Equal($"No silo answered through {way}. {advice}", fault.Message);
        Assert.InRange(_time.GetElapsedTime(begin).TotalSeconds, 8, 9);
    }

    [Fact]
    public async Task Missing_grains_are_said_at_once()
    {
        Answer(() => throw new ArgumentException("Could not find an implementation for interface tc.IBreakerDirectoryGrain"));
        var begin = _time.GetTimestamp();

        var fault = await Assert.ThrowsAsync<ClusterUnavailableException>(() => Breakers().GetAsync("pgmq"));

        Assert.Contains("call AddCircuitBreakerGrains on its silos", fault.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, _time.GetElapsedTime(begin));
    }

    [Fact]
    public async Task A_callers_own_cancellation_and_what_a_silo_refuses_pass_as_they_are()
    {
        using var caller = new CancellationTokenSource();
        Answer(() => throw new OperationCanceledException());
        var asked = Breakers().GetAsync("pgmq", caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        Answer(() => throw new UnauthorizedAccessException("no"));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Breakers().GetAsync("pgmq"));
    }

    private ClusterBreakers Breakers(string way = "the gateways silo:1", string advice = "") => new(new Connection(_client, way, advice), _time);

    private void Answer(Func<Task<BreakerDetails?>> answer) => ((FakeClient)(object)_client).Answer = answer;

    /// <summary>Lets the time pass until the task is done.</summary>
    private Task<T> FinishAsync<T>(Task<T> task) => _time.FinishAsync(task, step: TimeSpan.FromMilliseconds(100));

    /// <summary>A client of a cluster whose directory answers as the test says.</summary>
    internal class FakeClient : DispatchProxy
    {
        public Func<Task<BreakerDetails?>> Answer { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(IGrainFactory.GetGrain), targetMethod!.Name);
            var directory = Create<IBreakerDirectoryGrain, FakeDirectory>();
            ((FakeDirectory)(object)directory).Answer = Answer;
            return directory;
        }
    }

    internal class FakeDirectory : DispatchProxy
    {
        public Func<Task<BreakerDetails?>> Answer { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => new ValueTask<BreakerDetails?>(Answer());
    }

    private sealed class Connection(IClusterClient client, string way, string advice) : IClusterConnection
    {
        public event Action? Changed
        {
            add { }
            remove { }
        }

        public IClusterClient? Client => client;

        public bool EndsWithTheHost => false;

        public string Advice => advice;

        public Task<Serializer?> GetWireAsync() => Task.FromResult<Serializer?>(null);

        public string Describe() => way;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
