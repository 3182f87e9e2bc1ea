using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Operations.Tests.Alerts;

/// <summary>Each alert tells whom it wakes and why, is tested both ways, and has its section for whoever is woken.</summary>
public sealed class AlertCoverageTests
{
    private const string Runbook = "docs/operating.md";

    /// <summary>Where that file is, each deployment says in an external label of its Prometheus.</summary>
    private const string RunbookBase = "{{ $externalLabels.runbook_base }}";
    private static readonly string[] Headings =
        [.. File.ReadLines(Repository.Path(Runbook)).Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..])];

    public static TheoryData<string, string> Alerts =>
        new(AlertFiles.Alerts.Select(alert => new TheoryDataRow<string, string>(alert.Name, alert.Severity)));

    [Fact]
    public void There_are_alerts_and_none_is_there_twice()
    {
        var alerts = AlertFiles.Alerts.Select(alert => (alert.Name, alert.Severity)).ToList();

        Assert.True(alerts.Count >= 19, $"only {alerts.Count}");
        Assert.Equal(alerts.Distinct(), alerts);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_has_a_known_severity_and_says_what_is_and_where_to_read_on(string name, string severity)
    {
        var alert = Find(name, severity);

        Assert.Contains(severity, new[] { "critical", "warning", "info" });
        Assert.NotEmpty(alert.Annotations["summary"]);
        Assert.NotEmpty(alert.Annotations["description"]);
        Assert.Equal($"{RunbookBase}{Runbook}#{Headings.Single(heading => heading == name).ToLowerInvariant()}", alert.Annotations["runbook_url"]);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_has_a_test_that_it_fires_and_one_that_it_does_not(string name, string severity)
    {
        var asking = AlertFiles.Tests.Where(test => test.Asked.Contains(name)).ToList();

        Assert.Contains(asking, test => test.Expected.Contains((name, severity)));
        Assert.Contains(asking, test => !test.Expected.Contains((name, severity)));
    }

    [Fact]
    public void No_test_and_no_section_is_of_an_alert_that_is_gone()
    {
        var names = AlertFiles.Alerts.Select(alert => alert.Name).ToHashSet(StringComparer.Ordinal);

        Assert.All(AlertFiles.Tests.SelectMany(test => test.Asked), asked => Assert.Contains(asked, names));
        Assert.All(Headings, heading => Assert.Contains(heading, names));
    }

    private static Alert Find(string name, string severity) => AlertFiles.Alerts.Single(alert => alert.Name == name && alert.Severity == severity);
}
