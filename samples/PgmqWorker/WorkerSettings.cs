using System.Net;
using Microsoft.Extensions.Configuration;

namespace TaskerCore.Orleans.PgmqWorker;

/// <summary>What the worker is told at its start.</summary>
internal sealed record WorkerSettings(
    string Worker, string Pgmq, IReadOnlyList<string> Gateways, string Queue, TimeSpan SendEvery, IPAddress HttpAddress, int HttpPort, bool Reports)
{
    public static WorkerSettings From(IConfiguration configuration) => new(
        configuration["Worker"] ?? Environment.MachineName,
        configuration["ConnectionStrings:Pgmq"] ?? throw new InvalidOperationException("Set ConnectionStrings:Pgmq to the database that has pgmq."),
        (configuration["Gateways"] ?? "127.0.0.1:30000").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        configuration["Queue"] ?? "orders",
        TimeSpan.FromSeconds(1 / configuration.GetValue("SendsPerSecond", 100.0)),
        IPAddress.Parse(configuration["Http:Address"] ?? "127.0.0.1"),
        configuration.GetValue("Http:Port", 0),
        configuration.GetValue("Reports", true));
}
