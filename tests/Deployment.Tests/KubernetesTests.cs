using k8s;
using k8s.Models;
using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Configuration;
using TaskerCore.Orleans.Silo.Hosting;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary>The manifests beside the code and each other. They are read strictly: a key that Kubernetes does not know fails.</summary>
public sealed class KubernetesTests
{
    private const string NameLabel = "app.kubernetes.io/name";

    private static readonly IReadOnlyList<string> _files = DeploymentFiles.Texts(DeploymentFiles.Yaml("kubernetes", "kustomization.yaml")["resources"]);
    private static readonly IReadOnlyList<object> _resources = [.. _files.SelectMany(file => KubernetesYaml.LoadAllFromString(DeploymentFiles.Read("kubernetes", file), null, true))];

    private static V1PodTemplateSpec Silo => Of<V1Deployment>("taskercore-silo").Spec.Template;

    private static V1PodTemplateSpec Worker => Of<V1Deployment>("taskercore-worker").Spec.Template;

    [Fact]
    public void Every_manifest_is_applied_and_has_the_namespace()
    {
        Assert.Equal(
            Directory.GetFiles(DeploymentFiles.PathOf("kubernetes"), "*.yaml").Select(Path.GetFileName).Where(file => file != "kustomization.yaml").Order(StringComparer.Ordinal),
            _files.Order(StringComparer.Ordinal));
        Assert.All(_resources.Cast<IKubernetesObject<V1ObjectMeta>>().Where(resource => resource is not V1Namespace), resource =>
            Assert.Equal(Of<V1Namespace>("taskercore").Metadata.Name, resource.Metadata.NamespaceProperty));
    }

    [Fact]
    public void Every_variable_is_one_that_the_code_reads()
    {
        Assert.All(Silo.Spec.Containers.Single().Env, variable => Assert.True(KnownSettings.OfSilo(variable.Name), variable.Name));
        Assert.All(Worker.Spec.Containers.Single().Env, variable => Assert.True(KnownSettings.OfWorker(variable.Name), variable.Name));
    }

    [Fact]
    public void The_ports_are_those_that_a_silo_listens_on()
    {
        var settings = new SiloSettings();

        Assert.Equal(
            [("silo", settings.SiloPort), ("gateway", settings.GatewayPort), ("http", new Uri(Value(Silo, "Urls")).Port)],
            Silo.Spec.Containers.Single().Ports.Select(port => (port.Name, port.ContainerPort)));
        Assert.Equal($"taskercore-gateway:{Of<V1Service>("taskercore-gateway").Spec.Ports.Single().Port}", Value(Worker, "Gateways"));
        Assert.Equal(Value(Worker, "Http__Port"), $"{Worker.Spec.Containers.Single().Ports.Single().ContainerPort}");
    }

    [Fact]
    public void Services_and_the_budget_select_silos_and_lead_to_ports_that_they_have()
    {
        var ports = Silo.Spec.Containers.Single().Ports.ToDictionary(port => port.Name, port => port.ContainerPort);

        Assert.All(_resources.OfType<V1Service>(), service =>
        {
            Assert.Equal(Silo.Metadata.Labels[NameLabel], service.Spec.Selector[NameLabel]);
            Assert.All(service.Spec.Ports, port => Assert.Equal(ports[port.TargetPort.Value], port.Port));
        });
        Assert.Equal("None", Of<V1Service>("taskercore-gateway").Spec.ClusterIP);
        Assert.Equal(Silo.Metadata.Labels[NameLabel], Of<V1PodDisruptionBudget>("taskercore-silo").Spec.Selector.MatchLabels[NameLabel]);
        Assert.All(_resources.OfType<V1Deployment>(), deployment =>
            Assert.All(deployment.Spec.Selector.MatchLabels, label => Assert.Equal(label.Value, deployment.Spec.Template.Metadata.Labels[label.Key])));
    }

    [Fact]
    public void A_silo_is_asked_for_liveness_and_readiness_where_it_answers()
    {
        var silo = Silo.Spec.Containers.Single();

        Assert.Equal(HealthProbe.Question(["--health"]), silo.StartupProbe.HttpGet.Path);
        Assert.Equal(HealthProbe.Question(["--health"]), silo.LivenessProbe.HttpGet.Path);
        Assert.Equal(HealthProbe.Question(["--health=ready"]), silo.ReadinessProbe.HttpGet.Path);
        Assert.All([silo.StartupProbe, silo.LivenessProbe, silo.ReadinessProbe], probe => Assert.Equal("http", probe.HttpGet.Port.Value));
    }

    [Fact]
    public void Nobody_is_killed_while_it_shuts_down()
    {
        Assert.True(TimeSpan.FromSeconds(Silo.Spec.TerminationGracePeriodSeconds!.Value) > SiloHost.ShutdownTimeout);
        Assert.True(TimeSpan.FromSeconds(Worker.Spec.TerminationGracePeriodSeconds!.Value) > new HostOptions().ShutdownTimeout);
    }

    [Fact]
    public void A_silo_joins_before_one_leaves_and_one_leaves_at_a_time()
    {
        var update = Of<V1Deployment>("taskercore-silo").Spec.Strategy.RollingUpdate;

        Assert.Equal(("1", "0"), (update.MaxSurge.Value, update.MaxUnavailable.Value));
        Assert.Equal("1", Of<V1PodDisruptionBudget>("taskercore-silo").Spec.MaxUnavailable.Value);
        Assert.Equal("AlwaysAllow", Of<V1PodDisruptionBudget>("taskercore-silo").Spec.UnhealthyPodEvictionPolicy);
        Assert.Contains(Silo.Spec.TopologySpreadConstraints, constraint => constraint.TopologyKey == "kubernetes.io/hostname");
    }

    [Fact]
    public void The_settings_are_those_of_config_for_production()
    {
        var folder = Directory.CreateTempSubdirectory("taskercore-config-");
        try
        {
            foreach (var (name, content) in Of<V1ConfigMap>("circuit-breakers").Data)
            {
                File.WriteAllText(Path.Combine(folder.FullName, name), content);
            }

            Assert.Equal(
                Load(DeploymentFiles.PathOf("..", "config", "circuit_breakers.yaml")).Configuration.ContentHash(),
                Load(Path.Combine(folder.FullName, Path.GetFileName(Value(Silo, "CircuitBreakers__ConfigPath")))).Configuration.ContentHash());
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static LoadedConfiguration Load(string path) =>
            new ConfigurationLoader(path, new Dictionary<string, string> { ["TASKER_ENV"] = Value(Silo, "TASKER_ENV") }).Load();
    }

    [Fact]
    public void What_is_mounted_is_where_the_variables_say_and_a_folder_that_edits_reach()
    {
        var mounts = Silo.Spec.Containers.Single().VolumeMounts.ToDictionary(mount => mount.Name);

        Assert.Equal(Path.GetDirectoryName(Value(Silo, "CircuitBreakers__ConfigPath")), mounts["circuit-breakers"].MountPath);
        Assert.Equal(Value(Silo, "Silo__SecretsPath"), mounts["secrets"].MountPath);
        Assert.All(mounts.Values, mount => Assert.Null(mount.SubPath));
        Assert.Equal(Of<V1ConfigMap>("circuit-breakers").Metadata.Name, Silo.Spec.Volumes.Single(volume => volume.Name == "circuit-breakers").ConfigMap.Name);
        Assert.All(
            Silo.Spec.Volumes.Single(volume => volume.Name == "secrets").Projected.Sources.SelectMany(source => source.Secret.Items ?? []),
            item => Assert.True(KnownSettings.OfSilo(item.Path), item.Path));
    }

    [Fact]
    public void There_is_no_secret_in_the_files()
    {
        Assert.DoesNotContain(_resources, resource => resource is V1Secret);
        Assert.All(_files, file => Assert.DoesNotContain("Password=", DeploymentFiles.Read("kubernetes", file), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Pods_hold_to_the_restricted_standard_and_write_nowhere() => Assert.All([Silo.Spec, Worker.Spec], pod =>
    {
        Assert.Equal((true, 1654L, "RuntimeDefault"), (pod.SecurityContext.RunAsNonRoot, pod.SecurityContext.RunAsUser, pod.SecurityContext.SeccompProfile.Type));
        Assert.False(pod.AutomountServiceAccountToken);
        var (container, rights) = (pod.Containers.Single(), pod.Containers.Single().SecurityContext);
        Assert.Equal((false, true), (rights.AllowPrivilegeEscalation, rights.ReadOnlyRootFilesystem));
        Assert.Equal(["ALL"], rights.Capabilities.Drop);
        Assert.Null(rights.Capabilities.Add);
        Assert.True(container.Resources.Requests.ContainsKey("cpu") && container.Resources.Limits.ContainsKey("memory"));
        Assert.True(DeploymentFiles.IsPinned(container.Image), container.Image);
    });

    [Fact]
    public void The_namespace_enforces_that_standard() => Assert.Equal("restricted", Of<V1Namespace>("taskercore").Metadata.Labels["pod-security.kubernetes.io/enforce"]);

    [Fact]
    public void Who_may_reach_which_port()
    {
        var deny = Of<V1NetworkPolicy>("default-deny").Spec;
        Assert.Null(deny.PodSelector.MatchLabels);
        Assert.Equal(["Ingress", "Egress"], deny.PolicyTypes);
        var (silo, settings) = (Of<V1NetworkPolicy>("taskercore-silo").Spec, new SiloSettings());
        Assert.Equal(Silo.Metadata.Labels[NameLabel], silo.PodSelector.MatchLabels[NameLabel]);
        Assert.Equal([$"{settings.SiloPort}", $"{settings.GatewayPort}", "8080"], silo.Ingress.SelectMany(rule => rule.Ports).Select(port => port.Port.Value));
        Assert.All(silo.Ingress, rule => Assert.NotEmpty(rule.FromProperty));

        // The silo port: silos, and nobody else.
        Assert.Equal(Silo.Metadata.Labels[NameLabel], silo.Ingress[0].FromProperty.Single().PodSelector.MatchLabels[NameLabel]);
        Assert.Null(silo.Ingress[0].FromProperty.Single().NamespaceSelector);

        // The gateway: who has the label that the worker has.
        Assert.All(silo.Ingress[1].FromProperty, peer =>
            Assert.All(peer.PodSelector.MatchLabels, label => Assert.Equal(label.Value, Worker.Metadata.Labels[label.Key])));
    }

    private static T Of<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => _resources.OfType<T>().Single(resource => resource.Metadata.Name == name);

    private static string Value(V1PodTemplateSpec pod, string variable) => pod.Spec.Containers.Single().Env.Single(env => env.Name == variable).Value;
}
