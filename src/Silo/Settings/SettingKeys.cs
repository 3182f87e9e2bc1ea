namespace TaskerCore.Orleans.Silo.Settings;

/// <summary>The settings that are read by name and belong to no options type.</summary>
internal static class SettingKeys
{
    /// <summary>The connection string of the cluster's Postgres (15 or newer), in Npgsql's format. Default none: one silo alone, in memory.</summary>
    public const string Postgres = "ConnectionStrings:Postgres";

    /// <summary>The file with the breakers' settings. Default: the shipped <c>config/circuit_breakers.yaml</c>.</summary>
    public const string ConfigPath = "CircuitBreakers:ConfigPath";

    /// <summary>The addresses of the HTTP API, separated by <c>;</c>. Default <c>http://127.0.0.1:8080</c>.</summary>
    public const string Urls = "Urls";

    /// <summary>The keys of operators, who may send commands over HTTP: <c>Api:OperatorKeys:anna</c> is the key of anna, at least 16 characters.
    /// Default none: <c>Api:CommandsFromLoopback</c> decides.</summary>
    public const string OperatorKeys = "Api:OperatorKeys";

    /// <summary>The keys for queries over HTTP, if queries need a key: <c>Api:ReadKeys:prometheus</c> is the key of prometheus. Default
    /// none.</summary>
    public const string ReadKeys = "Api:ReadKeys";

    /// <summary>Whether commands from loopback are accepted without a key while no operator key is set: <c>true</c>, <c>false</c> or <c>auto</c>.
    /// Default <c>auto</c>: false if <c>KUBERNETES_SERVICE_HOST</c> is set or <c>DOTNET_RUNNING_IN_CONTAINER</c> is true, otherwise
    /// true.</summary>
    public const string CommandsFromLoopback = "Api:CommandsFromLoopback";

    /// <summary>Whether queries over HTTP need a key. Health endpoints never do. Default false.</summary>
    public const string ReadsNeedKey = "Api:ReadsNeedKey";
}
