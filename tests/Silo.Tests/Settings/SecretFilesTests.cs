using Microsoft.Extensions.Configuration;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Silo.Tests.Settings;

/// <summary>The setting <c>Silo:SecretsPath</c>.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("taskercore-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_file_is_a_setting_without_its_last_line_break_and_wins()
    {
        File.WriteAllText(Path.Combine(_folder, "Silo__SnapshotKey"), "c2VjcmV0\n");

        var configuration = With(("Silo:SecretsPath", _folder), ("Silo:SnapshotKey", "other"), ("Silo:ClusterId", "kept"));

        Assert.Equal(("c2VjcmV0", "kept"), (configuration["Silo:SnapshotKey"], configuration["Silo:ClusterId"]));
    }

    [Fact]
    public void What_Kubernetes_keeps_beside_the_files_is_no_setting()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder, "..2026_11_26"));
        File.WriteAllText(Path.Combine(data.FullName, "Silo__ClusterId"), "mounted");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "..data"), data.Name);
        File.CreateSymbolicLink(Path.Combine(_folder, "Silo__ClusterId"), Path.Combine("..data", "Silo__ClusterId"));

        var configuration = With(("Silo:SecretsPath", _folder));

        Assert.Equal("mounted", configuration["Silo:ClusterId"]);
        Assert.Equal(["SecretsPath", "ClusterId"], configuration.GetSection("Silo").GetChildren().Select(child => child.Key).OrderDescending());
        Assert.Equal(["Silo"], configuration.GetChildren().Select(child => child.Key));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named_with_its_setting()
    {
        var error = Assert.Throws<InvalidOperationException>(() => With(("Silo:SecretsPath", Path.Combine(_folder, "none"))));

        Assert.Contains("Silo:SecretsPath", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder, "none"), error.Message, StringComparison.Ordinal);
    }

    private static ConfigurationManager With(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        configuration.AddSecrets();
        return configuration;
    }
}
