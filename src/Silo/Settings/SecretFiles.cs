
namespace TaskerCore.Orleans.Silo.Settings;

/// <summary>Reads settings from files, one each, as Docker and Kubernetes mount secrets. Many tools show the environment; they do not show these
/// files.</summary>
internal static class SecretFiles
{
    private const string Setting = $"Silo:{nameof(SiloSettings.SecretsPath)}";

    /// <summary>Adds the folder of the setting <c>Silo:SecretsPath</c>, if it is set.</summary>
    /// <exception cref="InvalidOperationException">The folder does not exist or a file in it cannot be read; the message contains the
    /// reason.</exception>
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
                $"{Setting} is '{path}', which cannot be read ({exception.Message.TrimEnd('.')}). "
                + "Name a folder of files that the silo's user may read, or remove the setting.");
        }
    }
}
