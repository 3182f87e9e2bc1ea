namespace TaskerCore.Orleans.Chaos.Cluster;

/// <summary>What a scenario wants to have running, and the settings of the breaker that it is about.</summary>
internal sealed record ClusterPlan
{
    public int Silos { get; init; } = 2;

    public int Workers { get; init; } = 3;

    /// <summary>Calls of all workers together that are aimed at; some more than the floor that is asked for.</summary>
    public double CallsPerSecond { get; init; } = 2700;

    /// <summary>Producers of each worker.</summary>
    public int Producers { get; init; } = 8;

    /// <summary>How long a worker's call may take.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether a worker can be cut off from the silos.</summary>
    public bool HasGatewayPaths { get; init; }

    /// <summary>Whether the silos can be split from each other.</summary>
    public bool CanSplit { get; init; }

    /// <summary>Whether the workers call a component that fails every call, and no pgmq.</summary>
    public bool IsStorm { get; init; }

    /// <summary>How many workers share a process; more than one only in a storm. Twenty runtimes on a small machine would measure the machine.</summary>
    public int WorkersPerProcess { get; init; } = 1;

    public int FailureThreshold { get; init; } = 5;

    public double TimeoutSeconds { get; init; } = 4;

    public int SuccessThreshold { get; init; } = 1;

    public int Probes { get; init; } = 2;

    public double ProbeLeaseSeconds { get; init; } = 5;

    /// <summary>How often totals are stored: what a killed silo may lose of them.</summary>
    public double StoreTotalsEverySeconds { get; init; } = 2;

    /// <summary>The breakers' settings as a file.</summary>
    public string ToYaml() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""
        circuit_breakers:
          global_settings: { metrics_collection_interval_seconds: {{StoreTotalsEverySeconds}} }
          default_config:
            failure_threshold: {{FailureThreshold}}
            timeout_seconds: {{TimeoutSeconds}}
            success_threshold: {{SuccessThreshold}}
            half_open_max_probes: {{Probes}}
            probe_lease_seconds: {{ProbeLeaseSeconds}}
          component_configs:
            pgmq:
              failure_threshold: {{FailureThreshold}}
              timeout_seconds: {{TimeoutSeconds}}
              success_threshold: {{SuccessThreshold}}
              half_open_max_probes: {{Probes}}
              probe_lease_seconds: {{ProbeLeaseSeconds}}
        """);
}
