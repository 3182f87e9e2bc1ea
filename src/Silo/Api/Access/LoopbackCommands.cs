using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Silo.Api.Access;

/// <summary>Whether commands without a key are accepted from loopback while no operator key is set.</summary>
/// <remarks>On a machine of its own, a caller on loopback is a user of that machine. In a container it may be anyone: <c>kubectl port-forward</c> and
/// the sidecar of a service mesh connect to the pod from its own loopback address, and send no header that says so.</remarks>
/// <param name="Accepted">Whether they are accepted.</param>
/// <param name="Why">Why they are not, as a clause; null where they are.</param>
internal sealed record LoopbackCommands(bool Accepted, string? Why)
{
    /// <summary>The value that has the silo decide by where it runs. It is the default.</summary>
    public const string Auto = "auto";

    /// <summary>Set by Kubernetes in every container that it starts.</summary>
    public const string KubernetesVariable = "KUBERNETES_SERVICE_HOST";

    /// <summary>Set to <c>true</c> by .NET's own images, and by the ones that ship.</summary>
    public const string ContainerVariable = "DOTNET_RUNNING_IN_CONTAINER";

    /// <summary>Reads the setting, and where it is <c>auto</c> the variables that Kubernetes and container images set.</summary>
    /// <param name="configuration">The silo's settings, its environment variables included.</param>
    /// <param name="fault">What is wrong with the setting; null: nothing.</param>
    public static LoopbackCommands Read(IConfiguration configuration, out string? fault)
    {
        fault = null;
        var text = configuration[SettingKeys.CommandsFromLoopback];
        if (string.IsNullOrEmpty(text) || string.Equals(text, Auto, StringComparison.OrdinalIgnoreCase))
        {
            return Detect(configuration);
        }

        if (!bool.TryParse(text, out var accepted))
        {
            fault = $"{SettingKeys.CommandsFromLoopback} must be {Auto}, true or false";
        }

        return accepted ? new(true, null) : new(false, $"{SettingKeys.CommandsFromLoopback} is false");
    }

    private static LoopbackCommands Detect(IConfiguration configuration)
    {
        if (configuration[KubernetesVariable] is { Length: > 0 })
        {
            return new(false, $"this silo runs on Kubernetes ({KubernetesVariable} is set), where port forwards and sidecars also connect from loopback");
        }

        // As the .NET runtime reads its own switches.
        return configuration[ContainerVariable] is { } value && (value == "1" || string.Equals(value, bool.TrueString, StringComparison.OrdinalIgnoreCase))
            ? new(false, $"this silo runs in a container ({ContainerVariable} is set), where everything in its network namespace also connects from loopback")
            : new(true, null);
    }
}
