using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary>What not every cluster has: compared with the manifests that every one gets, and with the alerts.</summary>
public sealed class KubernetesComponentTests
{
    private const string Folder = "kubernetes";
    private const string Otlp = "components/otlp";
    private const string Operator = "components/prometheus-operator";

    public static TheoryData<string> Components => [Otlp, Operator];

    [Theory]
    [MemberData(nameof(Components))]
    public void A_component_is_off_until_its_line_is_uncommented_and_names_all_its_files(string component)
    {
        var lines = File.ReadAllLines(DeploymentFiles.PathOf(Folder, "kustomization.yaml"));
        var kustomization = DeploymentFiles.Yaml(Folder, component, "kustomization.yaml");

        Assert.Contains("# components:", lines);
        Assert.Contains($"#   - {component}", lines);
        Assert.Equal("Component", $"{kustomization["kind"]}");
        Assert.Equal(
            Directory.GetFiles(DeploymentFiles.PathOf(Folder, component)).Select(Path.GetFileName).Where(file => file != "kustomization.yaml").Order(StringComparer.Ordinal),
            DeploymentFiles.Texts(kustomization["resources"]).Order(StringComparer.Ordinal));
        Assert.Contains($"`{component}`", File.ReadAllText(Repository.Path("docs", "deployment.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_component_that_is_not_named() => Assert.Equal(
        Components.Select(row => (string)row.Data).Order(StringComparer.Ordinal),
        Directory.GetDirectories(DeploymentFiles.PathOf(Folder, "components")).Select(path => $"components/{Path.GetFileName(path)}").Order(StringComparer.Ordinal));

    [Fact]
    public void Otlp_may_leave_for_the_collector_only_and_the_silo_has_its_address()
    {
        var policy = KubernetesYaml.LoadAllFromString(DeploymentFiles.Read(Folder, Otlp, "network.yaml"), null, true).OfType<V1NetworkPolicy>().Single();
        var patch = DeploymentFiles.Yaml(Folder, Otlp, "kustomization.yaml")["patches"]![0]!;

        Assert.Equal(["Egress"], policy.Spec.PolicyTypes);
        Assert.Null(policy.Spec.Ingress);
        var (rule, label) = (policy.Spec.Egress.Single(), policy.Spec.PodSelector.MatchLabels.Single());
        Assert.Equal(["4317", "4318"], rule.Ports.Select(port => port.Port.Value));
        Assert.NotNull(rule.To.Single().NamespaceSelector);
        Assert.NotEmpty(rule.To.Single().PodSelector.MatchLabels);
        var silo = Manifests("silo.yaml").OfType<V1Deployment>().Single();
        Assert.Equal(label.Value, silo.Spec.Template.Metadata.Labels[label.Key]);
        Assert.Equal(silo.Metadata.Name, $"{patch["target"]!["name"]}");
        Assert.Contains("path: /spec/template/spec/containers/0/env/-", $"{patch["patch"]}", StringComparison.Ordinal);
        Assert.Contains("name: OTEL_EXPORTER_OTLP_ENDPOINT", $"{patch["patch"]}", StringComparison.Ordinal);
        Assert.True(KnownSettings.OfSilo("OTEL_EXPORTER_OTLP_ENDPOINT"));
    }

    [Fact]
    public void Monitors_find_silos_and_workers_and_call_the_jobs_what_alerts_go_by()
    {
        var monitors = DeploymentFiles.Read(Folder, Operator, "monitors.yaml").Split("\n---\n");
        var (silos, workers) = (DeploymentFiles.YamlOf(monitors[0]), DeploymentFiles.YamlOf(monitors[1]));
        var service = Manifests("silo.yaml").OfType<V1Service>().Single(service => service.Metadata.Name == "taskercore-api");
        var worker = Manifests("worker.yaml").OfType<V1Deployment>().Single().Spec.Template;

        Assert.Equal(("ServiceMonitor", "PodMonitor"), ($"{silos["kind"]}", $"{workers["kind"]}"));
        AssertSelects(silos, service.Metadata.Labels);
        Assert.Single(Manifests("silo.yaml").OfType<V1Service>(), candidate => Labels(silos).All(label => candidate.Metadata.Labels.Contains(label)));
        AssertSelects(workers, worker.Metadata.Labels);
        var (siloEndpoint, workerEndpoint) = (silos["spec"]!["endpoints"]!.AsArray().Single()!, workers["spec"]!["podMetricsEndpoints"]!.AsArray().Single()!);
        Assert.Contains(service.Spec.Ports, port => port.Name == $"{siloEndpoint["port"]}");
        Assert.Contains(worker.Spec.Containers.Single().Ports, port => port.Name == $"{workerEndpoint["port"]}");
        Assert.Equal(
            DeploymentFiles.Yaml("prometheus", "prometheus.yaml")["scrape_configs"]!.AsArray().Select(job => $"{job!["job_name"]}"),
            new[] { siloEndpoint, workerEndpoint }.Select(endpoint => endpoint["relabelings"]!.AsArray().Single(step => $"{step!["targetLabel"]}" == "job")!["replacement"]!.ToString()));
    }

    [Fact]
    public async Task The_rule_of_the_operator_is_what_the_script_makes_of_the_alerts()
    {
        var made = Path.GetTempFileName();
        try
        {
            await Scripts.RunWellAsync(DeploymentFiles.PathOf("prometheus", "rules.sh"), made);
            var (text, written) = (await File.ReadAllTextAsync(made), DeploymentFiles.Read(Folder, Operator, "rules.yaml"));

            Assert.True(text == written, "alerts.yaml was changed: run docker/prometheus/rules.sh");
            Assert.Equal(
                DeploymentFiles.Yaml("prometheus", "alerts.yaml")["groups"]!.ToJsonString(),
                DeploymentFiles.YamlOf(written)["spec"]!["groups"]!.ToJsonString());
        }
        finally
        {
            File.Delete(made);
        }
    }

    [Fact]
    public void Everything_has_the_namespace() => Assert.All(
        Components.SelectMany(component => Directory.GetFiles(DeploymentFiles.PathOf(Folder, component.Data)))
            .Where(file => Path.GetFileName(file) != "kustomization.yaml").SelectMany(file => File.ReadAllText(file).Split("\n---\n")),
        text => Assert.Equal("taskercore", $"{DeploymentFiles.YamlOf(text)["metadata"]!["namespace"]}"));

    private static void AssertSelects(JsonNode monitor, IDictionary<string, string> labels)
    {
        Assert.NotEmpty(Labels(monitor));
        Assert.All(Labels(monitor), label => Assert.Equal(label.Value, labels[label.Key]));
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Labels(JsonNode monitor) =>
        [.. DeploymentFiles.Entries(monitor["spec"]!["selector"]!["matchLabels"]).Select(label => KeyValuePair.Create(label.Key, $"{label.Value}"))];

    private static List<object> Manifests(string file) => KubernetesYaml.LoadAllFromString(DeploymentFiles.Read(Folder, file), null, true);
}
