using System.Buffers;
using System.Buffers.Binary;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Session;
using Orleans.Serialization.WireProtocol;

namespace TaskerCore.Orleans.Grains.Interfaces.Connections;

/// <summary>What the first bytes received on a connection show about its peer.</summary>
internal enum GreetingKind
{
    /// <summary>Too few bytes have arrived to tell.</summary>
    Awaited,

    /// <summary>The peer is an Orleans client or silo, and sent the id of its cluster.</summary>
    Cluster,

    /// <summary>The peer speaks another protocol.</summary>
    Stranger,

    /// <summary>The peer closed the connection first.</summary>
    Ended,
}

/// <summary>The first frame that Orleans sends on a connection: four bytes with its length, then an object whose fourth field is the id of the
/// sender's cluster.</summary>
/// <param name="Kind">What the peer is.</param>
/// <param name="ClusterId">The peer's cluster; null unless <paramref name="Kind"/> is <see cref="GreetingKind.Cluster"/>.</param>
internal readonly record struct Greeting(GreetingKind Kind, string? ClusterId = null)
{
    private const int MaxLength = 1024;
    private const uint ClusterIdField = 3;

    /// <summary>Reads the greeting.</summary>
    /// <param name="received">Everything received since the connection was opened.</param>
    /// <param name="isEnded">True if the peer has closed the connection.</param>
    /// <param name="sessions">The sessions of Orleans' serializer.</param>
    public static Greeting Read(ReadOnlySequence<byte> received, bool isEnded, SerializerSessionPool sessions)
    {
        var missing = new Greeting(isEnded ? GreetingKind.Ended : GreetingKind.Awaited);
        if (received.Length < sizeof(int))
        {
            return missing;
        }

        var length = LengthOf(received);
        if (length is <= 0 or > MaxLength)
        {
            return new(GreetingKind.Stranger);
        }

        if (received.Length - sizeof(int) < length)
        {
            return missing;
        }

        try
        {
            return ClusterIdOf(received.Slice(sizeof(int), length), sessions) is { } id ? new(GreetingKind.Cluster, id) : new(GreetingKind.Stranger);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The serializer throws a different exception for each way in which bytes can be malformed.
            return new(GreetingKind.Stranger);
        }
    }

    private static int LengthOf(ReadOnlySequence<byte> received)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        received.Slice(0, sizeof(int)).CopyTo(length);
        return BinaryPrimitives.ReadInt32LittleEndian(length);
    }

    private static string? ClusterIdOf(ReadOnlySequence<byte> frame, SerializerSessionPool sessions)
    {
        using var session = sessions.GetSession();
        var reader = Reader.Create(frame, session);
        if (reader.ReadFieldHeader().WireType != WireType.TagDelimited)
        {
            return null;
        }

        var id = 0u;
        while (true)
        {
            var field = reader.ReadFieldHeader();
            if (field.IsEndBaseOrEndObject)
            {
                return null;
            }

            id += field.FieldIdDelta;
            if (id == ClusterIdField)
            {
                return StringCodec.ReadValue(ref reader, field);
            }

            reader.ConsumeUnknownField(field);
        }
    }
}
