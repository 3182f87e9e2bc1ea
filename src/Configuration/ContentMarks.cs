using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace TaskerCore.Orleans.Configuration;

/// <summary>Hashes by which a later file is known as a beginning of this one, though this one is not there to compare.</summary>
internal static class ContentMarks
{
    /// <summary>A hash of a file's bytes.</summary>
    public static long OfFile(ReadOnlySpan<byte> content) => Shortened(SHA256.HashData(content));

    /// <summary>A hash of each beginning that ends with a line, without the whole.</summary>
    /// <param name="content">The file.</param>
    /// <param name="most">Of a longer file the last so many.</param>
    public static ImmutableArray<long> OfLines(ReadOnlySpan<byte> content, int most)
    {
        var beginnings = Math.Max(0, content[..Math.Max(0, content.Length - 1)].Count((byte)'\n'));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var marks = ImmutableArray.CreateBuilder<long>(Math.Min(most, beginnings));
        for (var line = 0; line < beginnings; line++)
        {
            var end = content.IndexOf((byte)'\n') + 1;
            hash.AppendData(content[..end]);
            content = content[end..];
            if (beginnings - line <= most)
            {
                marks.Add(Shortened(hash.GetCurrentHash()));
            }
        }

        return marks.ToImmutable();
    }

    private static long Shortened(byte[] hash) => BinaryPrimitives.ReadInt64BigEndian(hash);
}
