namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Configuration;

public sealed class PolicyPoolTests
{
    private readonly PolicyPool _pool = new();

    [Fact]
    public void Equal_policies_are_one_object_and_others_are_not()
    {
        var shared = _pool.GetOrAdd(Policy(timeout: 7));

        Assert.Same(shared, _pool.GetOrAdd(Policy(timeout: 7)));
        Assert.Equal(Policy(timeout: 7), shared);
        Assert.Equal(Policy(timeout: 8), _pool.GetOrAdd(Policy(timeout: 8)));
    }

    [Fact]
    public void However_many_there_are_each_asks_for_what_it_gets()
    {
        for (var timeout = 1; timeout <= 3000; timeout++)
        {
            Assert.Equal(Policy(timeout), _pool.GetOrAdd(Policy(timeout)));
        }
    }

    [Fact]
    public void What_is_kept_stays_until_there_are_too_many_and_then_all_begins_anew()
    {
        var first = _pool.GetOrAdd(Policy(timeout: 1));
        for (var timeout = 2; timeout <= PolicyPool.Most; timeout++)
        {
            _pool.GetOrAdd(Policy(timeout));
        }

        Assert.Same(first, _pool.GetOrAdd(Policy(timeout: 1)));

        _pool.GetOrAdd(Policy(timeout: PolicyPool.Most + 1));

        Assert.NotSame(first, _pool.GetOrAdd(Policy(timeout: 1)));
    }

    private static BreakerPolicy Policy(int timeout) => new() { Settings = new BreakerSettings { OpenDuration = TimeSpan.FromSeconds(timeout) }, Version = 1 };
}
