namespace TaskerCore.Orleans.Operations.Tests.Board;

/// <summary>The board fits whatever data source, jobs and breakers there are.</summary>
public sealed class BoardTests
{
    [Fact]
    public void Data_source_job_and_breaker_are_variables() =>
        Assert.Equal(
            [("breaker", "query"), ("datasource", "datasource"), ("job", "query")],
            GrafanaBoard.Variables.Select(variable => (GrafanaBoard.Text(variable["name"]), GrafanaBoard.Text(variable["type"]))).Order());

    [Fact]
    public void Every_query_goes_to_the_chosen_data_source_and_is_of_the_chosen_jobs() => Assert.All(GrafanaBoard.Queries, query =>
    {
        Assert.Equal("${datasource}", query.DataSource);
        Assert.Contains("{job=~\"$job\"", query.Expression, StringComparison.Ordinal);
    });

    [Fact]
    public void No_two_panels_lie_on_each_other_or_have_one_number()
    {
        var places = GrafanaBoard.Panels.SelectMany(panel =>
        {
            int At(string side) => panel["gridPos"]![side]!.GetValue<int>();
            return from x in Enumerable.Range(At("x"), At("w")) from y in Enumerable.Range(At("y"), At("h")) select (x, y);
        }).ToList();

        Assert.Equal(places.Distinct().Count(), places.Count);
        Assert.All(places, place => Assert.InRange(place.x, 0, 23));
        Assert.Equal(GrafanaBoard.Panels.Count, GrafanaBoard.Panels.Select(panel => panel["id"]!.GetValue<int>()).Distinct().Count());
    }
}
