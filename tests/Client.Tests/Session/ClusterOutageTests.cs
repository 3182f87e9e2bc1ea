using TaskerCore.Orleans.Client.Session;

namespace TaskerCore.Orleans.Client.Tests.Session;

/// <summary>C8: each part of an outage is logged once.</summary>
public sealed class ClusterOutageTests
{
    private static readonly ArgumentException NoGrains = new("Could not find an implementation for interface IWorkerHubGrain");
    private readonly ClusterOutage _outage = new();

    [Fact]
    public void C8_an_outage_is_news_when_it_begins_and_when_it_ends()
    {
        Assert.Null(_outage.Apply(isOverdue: false));
        Assert.Equal(new OutageChange(IsOverdue: true, IsLogged: true), _outage.Apply(isOverdue: true));
        Assert.Null(_outage.Apply(isOverdue: true));
        Assert.Equal(new OutageChange(IsOverdue: false, IsLogged: true), _outage.Apply(isOverdue: false));
        Assert.Null(_outage.Apply(isOverdue: false));
    }

    [Fact]
    public void Missing_grains_are_news_once_until_the_hub_answers()
    {
        Assert.True(_outage.ShowsMissingGrains(NoGrains));
        Assert.False(_outage.ShowsMissingGrains(NoGrains));

        _outage.Answered();

        Assert.True(_outage.ShowsMissingGrains(NoGrains));
    }

    [Fact]
    public void Another_failure_does_not_show_missing_grains()
    {
        Assert.False(_outage.ShowsMissingGrains(new TimeoutException()));
        Assert.True(_outage.ShowsMissingGrains(NoGrains));
        Assert.False(_outage.ShowsMissingGrains(new TimeoutException()));
        Assert.False(_outage.ShowsMissingGrains(NoGrains));
    }

    [Fact]
    public void C8_an_outage_by_missing_grains_is_passed_on_and_logged_only_when_it_ends()
    {
        _outage.ShowsMissingGrains(NoGrains);

        Assert.Equal(new OutageChange(IsOverdue: true, IsLogged: false), _outage.Apply(isOverdue: true));
        Assert.Equal(new OutageChange(IsOverdue: false, IsLogged: true), _outage.Apply(isOverdue: false));
    }
}
