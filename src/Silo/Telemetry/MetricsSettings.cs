namespace TaskerCore.Orleans.Silo.Telemetry;

/// <summary>The section <c>Metrics</c>.</summary>
internal sealed class MetricsSettings
{
    /// <summary>Whether Orleans' own meter is told too: some hundred lines more a page. Default false.</summary>
    public bool Orleans { get; set; }
}
