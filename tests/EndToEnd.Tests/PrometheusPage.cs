using System.Globalization;
using System.Text.RegularExpressions;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>What a silo shows to Prometheus.</summary>
internal sealed partial class PrometheusPage
{
    private readonly IReadOnlyList<(string Name, string Labels, double Value)> _samples;

    private PrometheusPage(string text) => _samples =
    [
        .. Sample().Matches(text).Select(sample => (
            sample.Groups["name"].Value, sample.Groups["labels"].Value, double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture))),
    ];

    public static async Task<PrometheusPage> OfAsync(Uri silo)
    {
        using var http = new HttpClient();
        return new PrometheusPage(await http.GetStringAsync(new Uri(silo, "/metrics")));
    }

    public IEnumerable<string> Names => _samples.Select(sample => sample.Name).Distinct();

    /// <summary>The one sample of that name, short of its prefix, that has all the labels; null: there is none.</summary>
    public double? Value(string name, params string[] labels) => _samples
        .Where(sample => sample.Name == "taskercore_circuit_breaker_" + name && labels.All(label => sample.Labels.Contains(label, StringComparison.Ordinal)))
        .Select(sample => (double?)sample.Value)
        .SingleOrDefault();

    [GeneratedRegex(@"^(?<name>[a-z_]+)(\{(?<labels>.*)\})? (?<value>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
