using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using TaskerCore.Orleans.Grains.Hosting;

namespace TaskerCore.Orleans.Grains.Tests.Hosting;

/// <summary>C5, C9: grains hear that silos came or went, and only that.</summary>
public sealed class SiloWatchTests
{
    private static readonly SiloAddress A = SiloAddress.New(IPAddress.Loopback, 1, 1);
    private static readonly SiloAddress B = SiloAddress.New(IPAddress.Loopback, 2, 1);
    private readonly Membership _membership = new();

    [Fact]
    public async Task Each_change_of_the_active_silos_is_told_to_all_who_listen_on_their_own_scheduler()
    {
        using var watch = new SiloWatch(_membership, NullLogger<SiloWatch>.Instance);
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var told = Channel.CreateUnbounded<TaskScheduler>();
        var (one, other) = await Task.Factory.StartNew(
            () => (watch.Listen(() => throw new InvalidOperationException("a defect of one grain")), watch.Listen(() => told.Writer.TryWrite(TaskScheduler.Current))),
            CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

        await _membership.UpdateAsync((A, SiloStatus.Active));
        await _membership.UpdateAsync((A, SiloStatus.Active), (B, SiloStatus.Joining));
        await _membership.UpdateAsync((A, SiloStatus.Active), (B, SiloStatus.Active));
        Assert.Same(scheduler, await told.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)));

        await _membership.UpdateAsync((A, SiloStatus.Dead), (B, SiloStatus.Active));
        await told.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, told.Reader.Count);

        other.Dispose();
        one.Dispose();
        var last = new TaskCompletionSource();
        using var newcomer = watch.Listen(last.SetResult);
        await _membership.UpdateAsync((A, SiloStatus.Active), (B, SiloStatus.Active));
        await last.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, told.Reader.Count);
    }

    private sealed class Membership : IClusterMembershipService
    {
        private readonly Channel<ClusterMembershipSnapshot> _updates = Channel.CreateBounded<ClusterMembershipSnapshot>(1);
        private int _version;

        public ClusterMembershipSnapshot CurrentSnapshot => throw new NotSupportedException();

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => _updates.Reader.ReadAllAsync();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();

        public async Task UpdateAsync(params (SiloAddress Address, SiloStatus Status)[] silos) => await _updates.Writer.WriteAsync(new ClusterMembershipSnapshot(
            silos.ToImmutableDictionary(silo => silo.Address, silo => new ClusterMember(silo.Address, silo.Status, silo.Address.ToString())),
            new MembershipVersion(++_version)));
    }
}
