using YamlDotNet.Core;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S17: which bytes are text, and where they stop being it.</summary>
public sealed class FileTextTests
{
    [Fact]
    public void S17_utf8_is_read_with_and_without_a_byte_order_mark()
    {
        Assert.Equal("a: ü\n", FileText.Decode("a: ü\n"u8));
        Assert.Equal("a: ü\n", FileText.Decode([0xEF, 0xBB, 0xBF, .. "a: ü\n"u8]));
        Assert.Empty(FileText.Decode([]));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0 }, 1, 1, "it is UTF-16 or UTF-32; save it as UTF-8")]
    [InlineData(new byte[] { 0x61, 0, 0x62, 0 }, 1, 2, "it has zero bytes between characters, like UTF-16; save it as UTF-8")]
    [InlineData(new byte[] { 0x61, 0x0A, 0x62, 0xE4, 0x62 }, 2, 2, "the byte 0xE4 is not UTF-8; save the file as UTF-8")]
    [InlineData(new byte[] { 0x61, 0x0D, 0x0A, 0x62, 0x0D, 0x07 }, 3, 1, "the character U+0007 is not allowed in YAML")]
    [InlineData(new byte[] { 0x61, 0xC2, 0x85 }, 1, 2, "the character U+0085 is a line end for some programs only; use a plain line end")]
    [InlineData(new byte[] { 0x61, 0xEF, 0xBB, 0xBF }, 1, 2, "the byte order mark U+FEFF is allowed only at the beginning of the file")]
    public void S17_what_is_no_text_has_its_line_and_column(byte[] content, int line, int column, string message)
    {
        var fault = Assert.Throws<YamlException>(() => FileText.Decode(content));

        Assert.Equal((line, column, message), ((int)fault.Start.Line, (int)fault.Start.Column, fault.Message));
    }
}
