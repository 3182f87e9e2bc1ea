using System.Buffers.Binary;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Session;

namespace TaskerCore.Orleans.TestKit;

/// <summary>The first frame of a connection as Orleans itself writes it. Its type is Orleans' own affair: another version that has no such
/// type, or other fields, fails here.</summary>
internal sealed class OrleansFrames : IDisposable
{
    private static readonly Type Preamble =
        Assembly.Load("Orleans.Core").GetType("Orleans.Runtime.Messaging.ConnectionPreamble", throwOnError: true)!;

    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public SerializerSessionPool Sessions => _services.GetRequiredService<SerializerSessionPool>();

    /// <summary>Of a silo; null: of a worker.</summary>
    public byte[] Of(string clusterId, SiloAddress? silo = null)
    {
        var preamble = Activator.CreateInstance(Preamble)!;
        Set("NetworkProtocolVersion", Enum.ToObject(Preamble.GetProperty("NetworkProtocolVersion")!.PropertyType, 1));
        Set("NodeIdentity", silo is null ? GrainId.Create("sys.client", "22222222222222222222222222222222") : GrainId.Create("sys.silo", "01111111-1111-1111-1111-111111111111"));
        Set("SiloAddress", silo);
        Set("ClusterId", clusterId);
        var serializer = _services.GetRequiredService(typeof(Serializer<>).MakeGenericType(Preamble));
        var body = (byte[])serializer.GetType().GetMethod("SerializeToArray", [Preamble])!.Invoke(serializer, [preamble])!;
        var frame = new byte[sizeof(int) + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        body.CopyTo(frame, sizeof(int));
        return frame;

        void Set(string property, object? value) => Preamble.GetProperty(property)!.SetValue(preamble, value);
    }

    public void Dispose() => _services.Dispose();
}
