using System.Text.Json.Serialization;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>The JSON that the client itself writes.</summary>
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class PgmqJson : JsonSerializerContext;
