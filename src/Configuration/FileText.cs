using System.Buffers;
using System.Text;
using System.Text.Unicode;
using YamlDotNet.Core;

namespace TaskerCore.Orleans.Configuration;

/// <summary>A file's bytes as text: UTF-8, with or without a byte order mark, and no characters that YAML does not allow.</summary>
internal static class FileText
{
    /// <exception cref="YamlException">It is no text, with the place of the first byte or character that is wrong.</exception>
    public static string Decode(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith<byte>([0xFF, 0xFE]) || content.StartsWith<byte>([0xFE, 0xFF]) || content.StartsWith<byte>([0, 0, 0xFE, 0xFF]))
        {
            throw At(string.Empty, "it is UTF-16 or UTF-32; save it as UTF-8");
        }

        var bytes = content.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? content[3..] : content;
        var characters = ArrayPool<char>.Shared.Rent(bytes.Length + 1);
        try
        {
            var status = Utf8.ToUtf16(bytes, characters, out var read, out var written, replaceInvalidSequences: false, isFinalBlock: true);
            var text = new string(characters, 0, written);
            return Forbidden(text) is { } at ? throw At(text[..at], Named(text, at))
                : status != OperationStatus.Done ? throw At(text, $"the byte 0x{bytes[read]:X2} is not UTF-8; save the file as UTF-8")
                : text;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    private static string Named(string text, int at) => text[at] switch
    {
        '\0' when at == 1 || (at == 0 && text.Length > 1 && text[1] != '\0') => "it has zero bytes between characters, like UTF-16; save it as UTF-8",
        '\u0085' or '\u2028' or '\u2029' => $"the character U+{(int)text[at]:X4} is a line end for some programs only; use a plain line end",
        '\uFEFF' => "the byte order mark U+FEFF is allowed only at the beginning of the file",
        var other => $"the character U+{(int)other:X4} is not allowed in YAML",
    };

    /// <summary>The first character that YAML does not allow, or that other programs take for the end of a line.</summary>
    private static int? Forbidden(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if ((text[at] < ' ' && text[at] is not ('\t' or '\n' or '\r')) || text[at] is (>= '\u007F' and <= '\u009F') or '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF')
            {
                return at;
            }
        }

        return null;
    }

    private static YamlException At(string before, string message)
    {
        var at = After(before);
        return new YamlException(at, at, message);
    }

    /// <summary>The place that follows a text; lines end with LF, CR LF or CR.</summary>
    private static Mark After(string before)
    {
        var (line, start) = (1, 0);
        for (var at = 0; at < before.Length; at++)
        {
            if (before[at] == '\n' || (before[at] == '\r' && (at + 1 == before.Length || before[at + 1] != '\n')))
            {
                (line, start) = (line + 1, at + 1);
            }
        }

        return new Mark(before.Length, line, before.Length - start + 1);
    }
}
