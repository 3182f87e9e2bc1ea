namespace TaskerCore.Orleans.Silo.Settings;

/// <summary>The settings that are read by their names, of no section that is a type.</summary>
internal static class SettingKeys
{
    /// <summary>The cluster's Postgres (15 or newer), as Npgsql writes a connection. Default none: one silo alone, in memory, and it says so.</summary>
    public const string Postgres = "ConnectionStrings:Postgres";

    /// <summary>The file with the breakers' settings. Default: the shipped <c>config/circuit_breakers.yaml</c>.</summary>
    public const string ConfigPath = "CircuitBreakers:ConfigPath";

    /// <summary>Where the HTTP API listens: addresses, with <c>;</c> between them. Default <c>http://127.0.0.1:8080</c>.</summary>
    public const string Urls = "Urls";

    /// <summary>Who may command over HTTP: <c>Api:OperatorKeys:anna</c> is the key of anna, at least 16 characters. Default none:
    /// <c>Api:CommandsFromLoopback</c> decides.</summary>
    public const string OperatorKeys = "Api:OperatorKeys";

    /// <summary>Who may ask over HTTP where questions need a key: <c>Api:ReadKeys:prometheus</c> is the key of prometheus. Default none.</summary>
    public const string ReadKeys = "Api:ReadKeys";

    /// <summary>Whether commands without a key are accepted from loopback while no operator key is set: <c>true</c>, <c>false</c>, or <c>auto</c>, the
    /// default: false where <c>KUBERNETES_SERVICE_HOST</c> is set or <c>DOTNET_RUNNING_IN_CONTAINER</c> is true, else true.</summary>
    public const string CommandsFromLoopback = "Api:CommandsFromLoopback";

    /// <summary>Whether questions over HTTP need a key too; those of health do not. Default false.</summary>
    public const string ReadsNeedKey = "Api:ReadsNeedKey";
}
