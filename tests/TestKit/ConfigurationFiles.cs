using System.Collections;
using TaskerCore.Orleans.Configuration;

namespace TaskerCore.Orleans.TestKit;

/// <summary>Files of a configuration in a folder of their own.</summary>
internal sealed class ConfigurationFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-config-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "breakers.yaml");

    public Hashtable Variables { get; } = [];

    public ConfigurationLoader Loader => new(Path, Variables);

    public ConfigurationFiles Write(string yaml, string? environment = null)
    {
        File.WriteAllText(environment is null ? Path : System.IO.Path.ChangeExtension(Path, $".{environment}.yaml"), yaml);
        return this;
    }

    public ConfigurationFiles Variable(string name, string value)
    {
        Variables[name] = value;
        return this;
    }

    /// <summary>The faults of these files, each as it is shown, with the folder left out.</summary>
    public IReadOnlyList<string> Faults() =>
        [.. Assert.Throws<ConfigurationFaultsException>(() => Loader.Load()).Faults.Select(fault => fault.ToString().Replace(_folder.FullName + "/", "", StringComparison.Ordinal))];

    public void Dispose() => _folder.Delete(recursive: true);
}
