using System.Buffers;
using System.Buffers.Binary;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Session;
using Orleans.Serialization.WireProtocol;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>Reads the first frame of a gateway: its length in four bytes, then an object with the cluster's id in its fourth field.</summary>
internal static class PreambleReader
{
    private const int MaxLength = 1024;
    private const uint ClusterIdField = 3;

    /// <summary>Whether the whole frame is there, or what is there cannot be one.</summary>
    public static bool IsComplete(ReadOnlySequence<byte> received)
    {
        if (received.Length < sizeof(int))
        {
            return false;
        }

        var length = LengthOf(received);
        return length is <= 0 or > MaxLength || received.Length - sizeof(int) >= length;
    }

    /// <summary>The cluster's id in a complete frame; null when there is none, or when it is no such frame.</summary>
    public static string? ClusterIdOf(ReadOnlySequence<byte> received, SerializerSessionPool sessions)
    {
        var length = LengthOf(received);
        if (length is <= 0 or > MaxLength)
        {
            return null;
        }

        using var session = sessions.GetSession();
        var reader = Reader.Create(received.Slice(sizeof(int), length), session);
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

    private static int LengthOf(ReadOnlySequence<byte> received)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        received.Slice(0, sizeof(int)).CopyTo(length);
        return BinaryPrimitives.ReadInt32LittleEndian(length);
    }
}
