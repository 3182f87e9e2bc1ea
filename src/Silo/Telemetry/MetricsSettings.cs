namespace TaskerCore.Orleans.Silo.Telemetry;

/// <summary>The section <c>Metrics</c>.</summary>
internal sealed class MetricsSettings
{
    /// <summary>Gets or sets whether the metrics of Orleans are exported too: some hundred more lines per page. The default value is false.</summary>
    public bool Orleans { get; set; }
}
