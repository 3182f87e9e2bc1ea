using System.Buffers;
using System.Buffers.Binary;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Session;
using Orleans.Serialization.WireProtocol;

namespace TaskerCore.Orleans.Grains.Interfaces.Connections;

/// <summary>What the first bytes of a connection tell of the other side.</summary>
internal enum GreetingKind
{
    /// <summary>Nothing yet.</summary>
    Awaited,

    /// <summary>A worker or a silo; it named its cluster.</summary>
    Cluster,

    /// <summary>Something that does not speak as workers and silos do.</summary>
    Stranger,

    /// <summary>The connection was ended from there before it told anything.</summary>
    Ended,
}

/// <summary>How the other side of a connection has introduced itself: Orleans sends a frame before anything else, its length in four bytes,
/// then an object with the cluster's id in its fourth field.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="ClusterId">Of <see cref="GreetingKind.Cluster"/>; else null.</param>
internal readonly record struct Greeting(GreetingKind Kind, string? ClusterId = null)
{
    private const int MaxLength = 1024;
    private const uint ClusterIdField = 3;

    /// <summary>Reads it from what has been received since the connection was opened.</summary>
    /// <param name="received">All of it.</param>
    /// <param name="isEnded">Whether no more will come.</param>
    /// <param name="sessions">Of Orleans' serializer.</param>
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
            // The serializer has an exception of its own for each way in which bytes are not an object.
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
