using System.Reflection;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Pgmq;
using TaskerCore.Orleans.Client.Polly;
using TaskerCore.Orleans.ConfigurationReference;
using TaskerCore.Orleans.Grains;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.Documentation.Tests;

public sealed class ConfigurationReferenceTests
{
    [Fact]
    public void It_has_every_option_of_every_package()
    {
        var written = File.ReadAllText(Repository.Path(Reference.File));
        Type[] ofPackages =
        [
            typeof(CircuitBreakerClientOptions), typeof(ProtectedPgmqOptions), typeof(ClusterCircuitBreakerStrategyOptions), typeof(CircuitBreakerGrainOptions), typeof(TlsOptions),
        ];
        var options = ofPackages.SelectMany(type => type.Assembly.GetExportedTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal)).Distinct().ToList();

        Assert.True(options.Count >= 7, string.Join(", ", options));
        Assert.All(
            options.SelectMany(type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)),
            property => Assert.Contains($"`{property.Name}`", written, StringComparison.Ordinal));
    }

    [Fact]
    public void It_says_what_the_code_says()
    {
        var written = File.ReadAllText(Repository.Path(Reference.File));

        Assert.True(Reference.Write() == written, $"{Reference.File} is not what the code says: dotnet run --project tools/ConfigurationReference -c Release");
    }
}
