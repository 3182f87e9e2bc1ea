using System.Text;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Http;
using TaskerCore.Orleans.Client.Pgmq;
using TaskerCore.Orleans.Client.Polly;
using TaskerCore.Orleans.Grains;
using TaskerCore.Orleans.Silo.Settings;
using TaskerCore.Orleans.Silo.Telemetry;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.ConfigurationReference;

/// <summary>Every setting there is, from what the code itself says of it: the catalogue of the breakers' settings, and the options' types,
/// their defaults and their documentation.</summary>
internal static class Reference
{
    /// <summary>Where it stands.</summary>
    public const string File = "docs/configuration.md";

    private const string Breakers = """
        # Configuration

        <!-- Written by "dotnet run --project tools/ConfigurationReference" from the code: change it there. -->

        There are three kinds of settings: [for breakers](#breakers), in a file that all silos of the cluster read; [for a silo](#silos); [for a worker](#workers), in code.
        `tasker-breakers config show NAME` shows the settings in force for a breaker and the source of each value.

        ## Breakers

        Each silo reads the same YAML file (`CircuitBreakers:ConfigPath`): a regular file of up to 1 MiB in UTF-8.

        ```yaml
        circuit_breakers:
          enabled: true
          global_settings:
            max_circuit_breakers: 50
          default_config:
            failure_threshold: 5                       # consecutive failures, of the fleet or of one worker
            timeout_seconds: 30                        # time in open before the circuit probes
            success_threshold: 2                       # successful probes that close it
          component_configs:
            pgmq: { failure_threshold: 3, timeout_seconds: 15 }
            billing:
              failure_rate_threshold: 0.5              # also opens on a rate, over window_seconds with minimum_calls
              slow_call_rate_threshold: 0.8
              slow_call_duration_ms: 2000
              half_open_max_probes: 1                  # at the same time, across the cluster
        ```

        Layers apply key by key, and later layers win: built-in defaults, the file, `X.<environment>.yaml` beside it, environment variables. The environment is `TASKER_ENV`,
        else `DOTNET_ENVIRONMENT`, else `production`; an empty variable counts as not set. Its name is compared without case, and the overlay may end with `.yml`:
        `Production` has `X.production.yaml`. Two overlays for one environment are a fault. All silos of a cluster must have the same environment. If they differ, logs,
        `config show`, `/health` and an [alert](operating.md#breakerenvironmentsdiffer) report it.

        The name of a variable is the path of a setting with two underscores between its parts: `TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__FAILURE_THRESHOLD`,
        `TASKER_CIRCUIT_BREAKERS__COMPONENT_CONFIGS__PGMQ__TIMEOUT_SECONDS`. A variable applies to the silo that has it.

        Write numbers and switches plainly, without quotes and units: `5`, `0.5`, `true`; 30 seconds are `30`, a half is `0.5`. Anchors, aliases, merge keys (`<<`), tags and
        several documents are not supported: write the keys out. For any other form, the fault's message states what to write.

        While silos run, an edit of the file reaches every breaker and worker and changes no breaker's state. A file with faults is refused as a whole. The message lists all faults,
        each with line, column and the allowed values. At its start, a silo then exits with code 2; later, it keeps the previous settings. `tasker-breakers config validate` checks a
        file in advance. [How operators see a refused edit](operating.md#breakerconfigurationrefused).

        **Lost content is refused too**, so that a full disk, a template without values or an interrupted write does not reset a cluster to the defaults:

        | file | at start | while a silo runs |
        |---|---|---|
        | without a single setting or component: empty, only comments, `{}`, sections without keys | refused | refused |
        | the beginning of the file in force, with fewer settings | ignored, if the cluster has settings | refused, unless it is an earlier version of the file |
        | without the line end, or the mark `...`, at the end of the file in force | ignored, if the cluster has settings | refused |
        | a missing overlay, with an unchanged base file | not detected | refused |

        To use the built-in settings on purpose, write one of them: `circuit_breakers: { enabled: true }`. To remove the end of a file on purpose, also change a line above it; a comment
        is enough. To remove an overlay, edit the base file at the same time. A last line `...` shows that a file is complete, whatever else changed in it. A silo of your own that sets no
        `Configuration` does not replace a cluster's settings either.

        A component uses the settings of `component_configs` under its own name, else those under its name up to the first `/` (`pgmq/orders` those of `pgmq`), else
        `default_config`.
        """;

    private const string Silos = """
        ## Silos

        These are settings of .NET's configuration: an argument (`--Silo:GatewayPort=30001`), a variable (`Silo__GatewayPort=30001`), an entry in `appsettings.json`, or
        a file in the folder `Silo:SecretsPath`. A silo with invalid settings lists all faults and exits with code 2.
        """;

    private const string Workers = """
        ## Workers

        Set these in code, where you register the services, or in the worker's configuration:
        `AddCircuitBreakers(builder.Configuration.GetSection("CircuitBreakers"))`, and `AddOptions<T>(name).BindConfiguration(…)` for the others. Several calls
        compose. A host whose options have faults does not start: one `OptionsValidationException` names all of them.
        """;

    /// <summary>The document.</summary>
    public static string Write()
    {
        var text = new StringBuilder(Breakers).Append("\n\n");
        WriteCatalog(text, "`circuit_breakers`", "all breakers", SettingCatalog.Instance.Root);
        WriteCatalog(text, "`global_settings`", "limits of the cluster", SettingCatalog.Instance.Global);
        WriteCatalog(text, "`default_config` and each of `component_configs`", "one breaker", SettingCatalog.Instance.Breaker);
        text.Append(Silos).Append("\n\n");
        WriteSettings(text, "### Section `Silo`", "Silo:", new SiloSettings(), nameof(SiloSettings.Tls));
        WriteSettings(text, "### Section `Silo:Tls`", "Silo:Tls:", new TlsOptions());
        WriteSettings(text, "### Section `Metrics`", "Metrics:", new MetricsSettings());
        WriteKeys(text, "### Others");
        WriteSettings(text, "### In a silo of your own: `AddCircuitBreakerGrains(o => …)`", "", new CircuitBreakerGrainOptions());
        text.Append(Workers).Append("\n\n");
        WriteSettings(text, "### `AddCircuitBreakers(o => …)`", "", new CircuitBreakerClientOptions());
        WriteSettings(text, "### `CircuitBreakerClientOptions.Tls`", "", new TlsOptions());
        WriteSettings(text, "### `AddProtectedPgmq(connectionString, o => …)`, `AddKeyedProtectedPgmq(key, connectionString, o => …)`", "", new ProtectedPgmqOptions());
        WriteSettings(text, "### `IHttpClientBuilder.AddClusterCircuitBreaker(component, o => …)`", "", new HttpCircuitBreakerOptions());
        WriteSettings(text, "### `AddHealthChecks().AddCircuitBreakers(configure: o => …)`", "", new CircuitBreakerHealthOptions());
        WriteSettings(
            text, "### `ResiliencePipelineBuilder.AddClusterCircuitBreaker(…, options)`", "", new ClusterCircuitBreakerStrategyOptions(), nameof(ClusterCircuitBreakerStrategyOptions.Name));
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void WriteCatalog<T>(StringBuilder text, string section, string of, IEnumerable<Setting<T>> settings)
    {
        text.Append(Invariant($"### Under {section}: {of}\n\n| key | default | allowed | meaning |\n|---|---|---|---|\n"));
        foreach (var setting in settings)
        {
            var allowed = setting.Allowed.Replace(" is allowed", "", StringComparison.Ordinal).Replace(" are allowed", "", StringComparison.Ordinal);
            text.Append(Invariant($"| `{setting.Key}` | {setting.Default} | {allowed} | {setting.Description} |\n"));
        }

        text.Append('\n');
    }

    private static void WriteSettings<T>(StringBuilder text, string heading, string prefix, T defaults, params string[] elsewhere)
        where T : notnull
    {
        text.Append(Invariant($"{heading}\n\n| setting | default | meaning |\n|---|---|---|\n"));
        foreach (var property in OptionProperty.Of(defaults, elsewhere))
        {
            text.Append(Invariant($"| `{prefix}{property.Name}` | {property.Default} | {property.Documentation} |\n"));
        }

        text.Append('\n');
    }

    private static void WriteKeys(StringBuilder text, string heading)
    {
        text.Append(Invariant($"{heading}\n\n| setting | meaning |\n|---|---|\n"));
        foreach (var key in typeof(SettingKeys).GetFields())
        {
            text.Append(Invariant($"| `{key.GetRawConstantValue()}` | {XmlDocumentation.Of(key)} |\n"));
        }

        text.Append("| `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`, … | the variables of OpenTelemetry's SDK: [metrics and traces](metrics.md) |\n\n");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
