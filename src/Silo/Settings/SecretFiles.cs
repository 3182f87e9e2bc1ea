
namespace TaskerCore.Orleans.Silo.Settings;

/// <summary>Settings from files, one each, as Docker and Kubernetes mount secrets: not in the environment, which every tool shows.</summary>
internal static class SecretFiles
{
    private const string Setting = $"Silo:{nameof(SiloSettings.SecretsPath)}";

    /// <summary>Adds the folder that <c>Silo:SecretsPath</c> names, if it names one.</summary>
    /// <exception cref="InvalidOperationException">It is not there, or a file in it cannot be read; the message says which.</exception>
    public static void AddSecrets(this IConfigurationManager configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } path)
        {
            return;
        }

        var folder = Path.GetFullPath(path);
        try
        {
            configuration.AddKeyPerFile(folder, optional: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"{Setting} is '{path}', and what is there cannot be read ({exception.Message.TrimEnd('.')}). "
                + "Name a folder of files that the silo's user may read, or leave it out.");
        }
    }
}
