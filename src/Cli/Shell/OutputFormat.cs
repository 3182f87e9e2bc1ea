using TaskerCore.Orleans.Cli.Printing;

namespace TaskerCore.Orleans.Cli.Shell;

/// <summary>What <c>--output</c> takes.</summary>
internal static class OutputFormat
{
    public const string Table = "table";
    public const string Json = "json";
    public const string Yaml = "yaml";

    public static string[] All { get; } = [Table, Json, Yaml];
}
