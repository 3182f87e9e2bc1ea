using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Configuration;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Hosting;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary>compose.yaml beside the code and the files that it mounts.</summary>
public sealed partial class ComposeTests
{
    private static readonly JsonNode _compose = DeploymentFiles.Yaml("compose.yaml");

    private static IReadOnlyDictionary<string, JsonNode?> Services => DeploymentFiles.Entries(_compose["services"]);

    private static IEnumerable<(string Name, JsonNode Service)> Silos =>
        Services.Where(service => service.Key.StartsWith("silo-", StringComparison.Ordinal)).Select(service => (service.Key, service.Value!));

    private static JsonNode Worker => Services["worker"]!;

    [Fact]
    public void There_are_three_silos_and_three_workers()
    {
        Assert.Equal(["silo-1", "silo-2", "silo-3"], Silos.Select(silo => silo.Name));
        Assert.Equal("3", Worker["deploy"]!["replicas"]!.ToString());
    }

    [Fact]
    public void Every_variable_is_one_that_the_code_reads()
    {
        Assert.All(Silos.SelectMany(silo => DeploymentFiles.Entries(silo.Service["environment"]).Keys), name => Assert.True(KnownSettings.OfSilo(name), name));
        Assert.All(DeploymentFiles.Entries(Worker["environment"]).Keys, name => Assert.True(KnownSettings.OfWorker(name), name));
    }

    [Fact]
    public void Every_variable_is_in_the_document()
    {
        var document = File.ReadAllText(Repository.Path("docs", "deployment.md"));

        Assert.All(
            Silos.Select(silo => silo.Service).Append(Worker).SelectMany(service => DeploymentFiles.Entries(service["environment"]).Keys),
            name => Assert.Contains($"`{name}`", document, StringComparison.Ordinal));
    }

    [Fact]
    public void A_secret_that_is_a_setting_is_one_that_the_code_reads()
    {
        var folder = $"{Silos.First().Service["environment"]!["Silo__SecretsPath"]}/";
        var settings = Secrets(Silos.First().Service).Select(secret => secret.Target).Where(target => target.StartsWith(folder, StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(settings);
        Assert.All(settings, target => Assert.True(KnownSettings.OfSilo(target[folder.Length..]), target));
    }

    [Fact]
    public void The_ports_are_those_that_silos_listen_on()
    {
        var (settings, http) = (new SiloSettings(), new Uri($"{Silos.First().Service["environment"]!["Urls"]}").Port);

        Assert.Equal(Silos.Select(silo => $"{silo.Name}:{settings.GatewayPort}"), $"{Worker["environment"]!["Gateways"]}".Split(','));
        Assert.All(Silos, silo => Assert.EndsWith($":{http}", DeploymentFiles.Texts(silo.Service["ports"]).Single(), StringComparison.Ordinal));
    }

    [Fact]
    public void Prometheus_scrapes_every_silo_and_the_workers_under_the_names_that_alerts_go_by()
    {
        var prometheus = DeploymentFiles.Yaml("prometheus", "prometheus.yaml");
        var jobs = prometheus["scrape_configs"]!.AsArray().ToDictionary(job => $"{job!["job_name"]}", job => job!);

        Assert.Equal(["taskercore-silo", "taskercore-worker"], jobs.Keys);
        Assert.Equal(Silos.Select(silo => $"{silo.Name}:8080"), DeploymentFiles.Texts(jobs["taskercore-silo"]["static_configs"]![0]!["targets"]));
        var workers = jobs["taskercore-worker"]["dns_sd_configs"]![0]!;
        Assert.Equal(["worker"], DeploymentFiles.Texts(workers["names"]));
        Assert.Equal($"{Worker["environment"]!["Http__Port"]}", $"{workers["port"]}");
        Assert.All(DeploymentFiles.Texts(prometheus["rule_files"]), file => Assert.Contains(file, Mounts(Services["prometheus"]!).Select(mount => mount.Target)));
    }

    [Fact]
    public void Grafana_reads_the_board_from_where_it_is_mounted_and_asks_Prometheus()
    {
        var provider = DeploymentFiles.Yaml("grafana", "provisioning", "dashboards", "taskercore.yaml")["providers"]![0]!;
        var source = DeploymentFiles.Yaml("grafana", "provisioning", "datasources", "prometheus.yaml")["datasources"]![0]!;

        Assert.Contains($"{provider["options"]!["path"]}/taskercore.json", Mounts(Services["grafana"]!).Select(mount => mount.Target));
        Assert.True(Services.ContainsKey(new Uri($"{source["url"]}").Host));
    }

    [Fact]
    public void Every_file_that_is_mounted_or_built_from_is_there()
    {
        Assert.All(
            Services.Values.SelectMany(service => Mounts(service!)).Where(mount => mount.Source.StartsWith('.')),
            mount => Assert.True(Path.Exists(DeploymentFiles.PathOf(mount.Source)), $"{mount.Source} is not there"));
        Assert.All(
            Services.Values.Select(service => service!["build"]).OfType<JsonNode>(),
            build => Assert.True(File.Exists(DeploymentFiles.PathOf($"{build["context"]}", $"{build["dockerfile"]}"))));
        var config = Mounts(Silos.First().Service).Single();
        Assert.Equal($"{config.Target}/circuit_breakers.yaml", $"{Silos.First().Service["environment"]!["CircuitBreakers__ConfigPath"]}");
        Assert.NotEmpty(new ConfigurationLoader(DeploymentFiles.PathOf(config.Source, "circuit_breakers.yaml"), new Dictionary<string, string>()).Load().Files);
    }

    [Fact]
    public void Images_are_pinned() => Assert.All(Services.Values, service => Assert.True(DeploymentFiles.IsPinned(Default($"{service!["image"]}")), $"{service["image"]}"));

    [Fact]
    public void The_example_of_the_settings_says_the_defaults()
    {
        var example = File.ReadAllLines(DeploymentFiles.PathOf(".env.example")).Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
            .ToDictionary(line => line.Split('=')[0], line => line.Split('=', 2)[1], StringComparer.Ordinal);

        Assert.Equal(
            example.OrderBy(entry => entry.Key, StringComparer.Ordinal),
            Variable().Matches(DeploymentFiles.Read("compose.yaml")).Select(match => KeyValuePair.Create(match.Groups[1].Value, match.Groups[2].Value))
                .Distinct().OrderBy(entry => entry.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Only_loopback_is_published() => Assert.All(
        Services.Values.SelectMany(service => DeploymentFiles.Texts(service!["ports"])), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));

    [Fact]
    public void Nothing_runs_with_rights_that_it_does_not_need() => Assert.All(Services, service =>
    {
        Assert.Equal("true", $"{service.Value!["read_only"]}");
        Assert.Equal(["ALL"], DeploymentFiles.Texts(service.Value["cap_drop"]));
        Assert.Equal(["no-new-privileges:true"], DeploymentFiles.Texts(service.Value["security_opt"]));
        Assert.All(["cpus", "memory", "pids"], limit => Assert.NotNull(service.Value["deploy"]!["resources"]!["limits"]![limit]));
        Assert.True(service.Value["build"] is not null || Regex.IsMatch($"{service.Value["user"]}", "^[1-9][0-9]*:[0-9]+$"), service.Key);
    });

    [Fact]
    public void Nobody_is_killed_while_it_shuts_down()
    {
        Assert.All(Silos, silo => Assert.True(Seconds(silo.Service["stop_grace_period"]) > SiloHost.ShutdownTimeout));
        Assert.True(Seconds(Worker["stop_grace_period"]) > new HostOptions().ShutdownTimeout);
    }

    [Fact]
    public void What_starts_waits_until_what_it_needs_is_healthy()
    {
        Assert.All(Services.Values.SelectMany(service => DeploymentFiles.Entries(service!["depends_on"])), needed =>
        {
            Assert.Equal("service_healthy", $"{needed.Value!["condition"]}");
            Assert.NotNull(Services[needed.Key]!["healthcheck"]);
        });
        Assert.All(Silos, silo => Assert.Equal(
            "/health/ready", HealthProbe.Question([.. DeploymentFiles.Texts(silo.Service["healthcheck"]!["test"]).SkipWhile(part => !part.EndsWith(".dll", StringComparison.Ordinal)).Skip(1)])));
    }

    [Fact]
    public async Task The_secrets_are_files_that_are_made_once_for_their_owner_and_never_in_version_control()
    {
        var folder = Directory.CreateTempSubdirectory("taskercore-secrets-");
        try
        {
            await Scripts.RunWellAsync(DeploymentFiles.PathOf("secrets.sh"), folder.FullName);
            var made = folder.GetFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName));
            Assert.Equal(
                DeploymentFiles.Entries(_compose["secrets"]).Values.Select(secret => $"{secret!["file"]}").Order(StringComparer.Ordinal),
                made.Keys.Select(name => $"./secrets/{name}").Order(StringComparer.Ordinal));
            Assert.Equal(made.Count, made.Values.Distinct().Count());
            Assert.Equal("700 444", $"{Convert.ToString((int)folder.UnixFileMode, 8)} {Convert.ToString((int)folder.GetFiles()[0].UnixFileMode, 8)}");

            await Scripts.RunWellAsync(DeploymentFiles.PathOf("secrets.sh"), folder.FullName);
            Assert.Equal(made, folder.GetFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.Contains("docker/secrets/", await File.ReadAllLinesAsync(Repository.Path(".gitignore")));
        Assert.All(Services.Values.SelectMany(service => DeploymentFiles.Entries(service!["environment"])), variable =>
            Assert.False(Regex.IsMatch($"{variable.Value}", "Password="), variable.Key));
    }

    private static TimeSpan Seconds(JsonNode? period) => TimeSpan.FromSeconds(int.Parse($"{period}".TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture));

    private static string Default(string value) => Variable().Replace(value, match => match.Groups[2].Value);

    private static IEnumerable<(string Source, string Target)> Mounts(JsonNode service) =>
        DeploymentFiles.Texts(service["volumes"]).Select(volume => (volume.Split(':')[0], volume.Split(':')[1]));

    private static IEnumerable<(string Source, string Target)> Secrets(JsonNode service) => (service["secrets"]?.AsArray() ?? [])
        .Select(secret => secret is JsonObject named ? ($"{named["source"]}", $"{named["target"]}") : ($"{secret}", $"/run/secrets/{secret}"));

    [GeneratedRegex(@"\$\{([A-Z_]+):-([^}]*)\}")]
    private static partial Regex Variable();
}
