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

        Three kinds of settings: [of the breakers](#breakers), the cluster's, in a file that silos read; [of a silo](#silos); [of a worker](#workers), in code.
        `tasker-breakers config show NAME` shows what is in force for a breaker, each value with where it came from.

        ## Breakers

        A YAML file that each silo reads (`CircuitBreakers:ConfigPath`), the same on every silo: a regular file of up to 1 MiB in UTF-8. Later layers win key
        by key: built-in defaults, the file, `X.<environment>.yaml` beside it, environment variables. The environment is `TASKER_ENV`, else
        `DOTNET_ENVIRONMENT`, else `production`; a blank variable counts as not set. Its name is compared in any case, and the overlay may end with `.yml`:
        `Production` has `X.production.yaml`. Two overlays of one environment are a fault. All silos of a cluster have the same environment: where they
        differ, logs, `config show`, `/health` and an [alert](operating.md#breakerenvironmentsdiffer) say so.

        A variable is the path of a setting, with two underscores between its parts: `TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__FAILURE_THRESHOLD`,
        `TASKER_CIRCUIT_BREAKERS__COMPONENT_CONFIGS__PGMQ__TIMEOUT_SECONDS`. It holds for the silo that has it.

        Numbers and switches are written plainly: `5`, `0.5`, `true`, without quotes and units; 30 seconds are `30`, a half is `0.5`. Anchors, aliases, merge
        keys (`<<`), tags and several documents are not supported: write the keys out. The fault of any other form says what to write.

        An edit of the file reaches every breaker and every worker while they run, and changes no breaker's state. A file with faults is refused whole, with all of
        them, each with line, column and what is allowed: at start the silo ends with exit code 2, later it goes on with what it had. `tasker-breakers config validate`
        checks one beforehand. [What an operator sees of a refused edit](operating.md#breakerconfigurationrefused).

        **Lost content is refused too**: a full disk, a template without values, or a write that was cut off must not set a cluster back to the defaults.

        | file | at start | while a silo runs |
        |---|---|---|
        | without a single setting or component: empty, only comments, `{}`, sections without keys | refused | refused |
        | the beginning of the file that holds, with fewer settings | not followed, where the cluster has settings | refused, unless it is an earlier version of the file |
        | without the line end, or the mark `...`, that the file that holds ends with | not followed, where the cluster has settings | refused |
        | an overlay that is not there any more, the base file being the same | not known | refused |

        To run on the built-in settings on purpose, write one of them: `circuit_breakers: { enabled: true }`. To remove the end of a file on purpose, change a
        line above it too, if only a comment; to remove an overlay, edit the base file with it. A file whose last line is `...` shows that
        it is whole, whatever else changed in it. A silo of your own that sets no `Configuration` does not replace a cluster's settings either.

        A component takes the settings of `component_configs` under its own name, else those under its name up to the first `/` (`pgmq/orders` those of `pgmq`), else
        `default_config`.
        """;

    private const string Silos = """
        ## Silos

        Each is a setting of .NET's configuration: an argument (`--Silo:GatewayPort=30001`), a variable (`Silo__GatewayPort=30001`), an entry in `appsettings.json`, or
        a file in the folder that `Silo:SecretsPath` names. A silo whose settings have faults names them all, and ends with exit code 2.
        """;

    private const string Workers = """
        ## Workers

        In code, where services are registered. A value that is out of range throws in the call that adds the services, and says what is allowed.
        """;

    /// <summary>The document.</summary>
    public static string Write()
    {
        var text = new StringBuilder(Breakers).Append("\n\n");
        WriteCatalog(text, "`circuit_breakers`", "the whole", SettingCatalog.Instance.Root);
        WriteCatalog(text, "`global_settings`", "the cluster", SettingCatalog.Instance.Global);
        WriteCatalog(text, "`default_config` and each of `component_configs`", "a breaker", SettingCatalog.Instance.Breaker);
        text.Append(Silos).Append("\n\n");
        WriteSettings(text, "### Section `Silo`", "Silo:", new SiloSettings(), nameof(SiloSettings.Tls));
        WriteSettings(text, "### Section `Silo:Tls`", "Silo:Tls:", new TlsOptions());
        WriteSettings(text, "### Section `Metrics`", "Metrics:", new MetricsSettings());
        WriteKeys(text, "### Others");
        WriteSettings(text, "### In a silo of your own: `AddCircuitBreakerGrains(o => …)`", "", new CircuitBreakerGrainOptions());
        text.Append(Workers).Append("\n\n");
        WriteSettings(text, "### `AddCircuitBreakers(o => …)`", "", new CircuitBreakerClientOptions());
        WriteSettings(text, "### `CircuitBreakerClientOptions.Tls`", "", new TlsOptions());
        WriteSettings(text, "### `AddProtectedPgmq(connectionString, o => …)`", "", new ProtectedPgmqOptions());
        WriteSettings(text, "### `IHttpClientBuilder.AddClusterCircuitBreaker(component, o => …)`", "", new HttpCircuitBreakerOptions());
        WriteSettings(text, "### `AddHealthChecks().AddCircuitBreakers(configure: o => …)`", "", new CircuitBreakerHealthOptions());
        WriteSettings(
            text, "### `ResiliencePipelineBuilder.AddClusterCircuitBreaker(…, options)`", "", new ClusterCircuitBreakerStrategyOptions(), nameof(ClusterCircuitBreakerStrategyOptions.Name));
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void WriteCatalog<T>(StringBuilder text, string section, string of, IEnumerable<Setting<T>> settings)
    {
        text.Append(Invariant($"### Under {section}: {of}\n\n| key | default | allowed | |\n|---|---|---|---|\n"));
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
        text.Append(Invariant($"{heading}\n\n| | default | |\n|---|---|---|\n"));
        foreach (var property in OptionProperty.Of(defaults, elsewhere))
        {
            text.Append(Invariant($"| `{prefix}{property.Name}` | {property.Default} | {property.Documentation} |\n"));
        }

        text.Append('\n');
    }

    private static void WriteKeys(StringBuilder text, string heading)
    {
        text.Append(Invariant($"{heading}\n\n| | |\n|---|---|\n"));
        foreach (var key in typeof(SettingKeys).GetFields())
        {
            text.Append(Invariant($"| `{key.GetRawConstantValue()}` | {XmlDocumentation.Of(key)} |\n"));
        }

        text.Append("| `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`, … | as OpenTelemetry's SDK reads them: [metrics and traces](metrics.md) |\n\n");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
