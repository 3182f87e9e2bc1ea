namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary>The check of variables can fail.</summary>
public sealed class KnownSettingsTests
{
    [Theory]
    [InlineData("Silo__ListenAddress", true)]
    [InlineData("Silo__ListenAdress", false)]
    [InlineData("Silo__SnapshotKey", true)]
    [InlineData("Silo__SnapshotKey__File", false)]
    [InlineData("Urls", true)]
    [InlineData("Url", false)]
    [InlineData("TASKER_ENV", true)]
    [InlineData("ConnectionStrings__Postgres", true)]
    [InlineData("ConnectionStrings__Pgmq", false)]
    [InlineData("CircuitBreakers__ConfigPath", true)]
    public void A_variable_is_known_where_a_silo_reads_it(string variable, bool known) => Assert.Equal(known, KnownSettings.OfSilo(variable));

    [Theory]
    [InlineData("ConnectionStrings__Pgmq", true)]
    [InlineData("Gateways", true)]
    [InlineData("Gateway", false)]
    [InlineData("Silo__ListenAddress", false)]
    public void A_variable_is_known_where_the_worker_reads_it(string variable, bool known) => Assert.Equal(known, KnownSettings.OfWorker(variable));

    [Theory]
    [InlineData("prom/prometheus:v3.13.0", true)]
    [InlineData("host:5000/image@sha256:0123", true)]
    [InlineData("prom/prometheus", false)]
    [InlineData("host:5000/image", false)]
    [InlineData("prom/prometheus:latest", false)]
    [InlineData("prom/prometheus:main", false)]
    public void An_image_is_pinned_by_a_version_or_a_digest(string image, bool pinned) => Assert.Equal(pinned, DeploymentFiles.IsPinned(image));
}
