using Microsoft.Extensions.Configuration;
using TaskerCore.Orleans.Client.Pgmq;

namespace TaskerCore.Orleans.Chaos.LoadWorker;

/// <summary>What a load worker is told at its start.</summary>
/// <param name="Worker">Its name.</param>
/// <param name="Pgmq">The database that has pgmq; null: none is used, and every call fails (a storm).</param>
/// <param name="Gateways">The silos.</param>
/// <param name="CallsPerSecond">How many calls it makes.</param>
/// <param name="Producers">How many make them at the same time.</param>
/// <param name="CallLimit">How long a call may take.</param>
internal sealed record LoadSettings(
    string Worker, string? Pgmq, IReadOnlyList<string> Gateways, double CallsPerSecond, int Producers, TimeSpan CallLimit)
{
    public const string Queue = "orders";
    public const string StormComponent = "storm";

    /// <summary>Of its calls, those that send a message; the others only ask the database for something.</summary>
    public double SendsPerSecond => CallsPerSecond / 4;

    public double AsksPerSecond => CallsPerSecond - SendsPerSecond;

    public string Component => Pgmq is null ? StormComponent : ProtectedPgmqClient.Component;

    /// <summary>The settings of each of the process's workers: they differ in their names.</summary>
    public static IReadOnlyList<LoadSettings> From(IConfiguration configuration) =>
    [
        .. (configuration["Workers"] ?? throw new InvalidOperationException("Give --Workers."))
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(worker => Of(worker, configuration)),
    ];

    private static LoadSettings Of(string worker, IConfiguration configuration) => new(
        worker,
        configuration["ConnectionStrings:Pgmq"],
        (configuration["Gateways"] ?? throw new InvalidOperationException("Give --Gateways.")).Split(',', StringSplitOptions.RemoveEmptyEntries),
        configuration.GetValue("CallsPerSecond", 800.0),
        configuration.GetValue("Producers", 8),
        TimeSpan.FromSeconds(configuration.GetValue("CallLimitSeconds", 2.0)));
}
