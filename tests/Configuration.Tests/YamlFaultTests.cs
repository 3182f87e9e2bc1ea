using System.Text;
using CsCheck;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S17: a syntax error is reported at its line and column.</summary>
public sealed class YamlFaultTests : IDisposable
{
    private const string Head = "circuit_breakers:\n  enabled: true\n  default_config:\n    failure_threshold: 5\n";

    private readonly ConfigurationFiles _files = new();

    public static TheoryData<string, string, string, string> Faults => new()
    {
        { "a tab as indentation", "\ttimeout_seconds: 3\n", "5:1", "indent with spaces" },
        { "a tab after spaces", "    \ttimeout_seconds: 3\n", "5:5", "indent with spaces" },
        { "a tab on a blank line", "\t\n    success_threshold: 2\n", "5:1", "indent with spaces" },
        { "a tab before a comment", "\t# c\n", "5:1", "indent with spaces" },
        { "a tab in a flow mapping", "    x: {\n\ta: 1 }\n", "6:1", "indent with spaces" },
        { "tabs below a key", "    a:\n\t\tb: 1\n", "6:1", "indent with spaces" },
        { "an open double quote", "    timeout_seconds: \"3\n    success_threshold: 2\n", "5:22", "not closed" },
        { "an open single quote", "    timeout_seconds: '3\n    success_threshold: 2\n", "5:22", "not closed" },
        { "an unknown escape", "    timeout_seconds: \"a\\qb\"\n", "5:24", "escape" },
        { "no hexadecimal number", "    timeout_seconds: \"a\\xZZb\"\n", "5:26", "hexadecimal" },
        { "half a surrogate pair", "    timeout_seconds: \"\\uD800\\u800\"\n", "5:35", "cannot be parsed" },
        { "no Unicode character", "    timeout_seconds: \"\\U00110000\"\n", "5:25", "Unicode" },
        { "too little indentation", "   timeout_seconds: 3\n", "5:4", "expected a key" },
        { "too much indentation", "      timeout_seconds: 3\n", "5:22", "': ' only once" },
        { "indentation between two levels", "    a:\n      b: 1\n     c: 2\n", "7:6", "expected a key" },
        { "an open bracket", "    x: [1, 2\n    y: 3\n", "6:5", "the '[' of line 5, column 8 is not closed" },
        { "an open brace", "    x: {a: 1\n    y: 3\n", "6:5", "the '{' of line 5, column 8 is not closed" },
        { "an open brace at the end", "    x: {a: 1", "5:13", "the '{' of line 5, column 8 is not closed" },
        { "the other bracket closes", "    x: {a: 1]\n    y: 3\n", "5:13", "the '{' of line 5" },
        { "a brace that closes nothing", "    y: 3\n    z: }\n", "6:8", "did not find expected node content" },
        { "no colon", "    timeout_seconds 3\n    y: 3\n", "5:22", "a colon and a space" },
        { "no blank after the colon", "    timeout_seconds:3\n    y: 3\n", "5:22", "a colon and a space" },
        { "two colons", "    timeout_seconds: 3: 4\n", "5:23", "': ' only once" },
        { "a list item among keys", "    - a\n", "5:6", "expected a key" },
        { "an alias without a name", "    x: * \n", "5:9", "anchor or alias" },
        { "an anchor without a name", "    x: & 3\n", "5:9", "anchor or alias" },
        { "a second document", "---\na: 1\n", "5:1", "second document" },
        { "more after the end", "...\na: 1\n", "6:1", "second document" },
        { "an at sign", "    x: @a\n", "5:8", "cannot start any token" },
        { "a back quote", "    x: `a\n", "5:8", "cannot start any token" },
        { "a zero byte", "    x: a\0b\n", "5:9", "U+0000 is not allowed" },
        { "a bell", "    # a\u0007b\n", "5:8", "U+0007 is not allowed" },
        { "a line separator", "    # a\u2028b\n", "5:8", "U+2028 is a line end for some" },
        { "a byte order mark within", "    # a\uFEFFb\n", "5:8", "U+FEFF is allowed only at the beginning" },
        { "a bad block header", "    x: |99\n      a\n", "5:10", "block scalar" },
        { "text after a quoted value", "    x: \"a\" b\n    y: 1\n", "5:13", "expected a key" },
        { "a comment without a blank", "    x: \"a\"#b\n", "5:11", "comment" },
        { "a tag that is not declared", "    x: !e!foo 1\n", "5:14", "tag" },
        { "a directive in the middle", "%foo\n    y: 1\n", "5:1", "directive" },
        { "a directive at the end", "%foo\n", "5:1", "directive" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void S17_a_syntax_error_has_its_line_and_column(string name, string tail, string place, string message)
    {
        foreach (var content in new[] { Head + tail, (Head + tail).Replace("\n", "\r\n", StringComparison.Ordinal), "\uFEFF" + Head + tail })
        {
            _files.Write(string.Empty);
            File.WriteAllBytes(_files.Path, Encoding.UTF8.GetBytes(content));

            var fault = Assert.Single(_files.Faults());

            Assert.StartsWith($"breakers.yaml:{place}: the file is not YAML: ", fault, StringComparison.Ordinal);
            Assert.True(fault.Contains(message, StringComparison.Ordinal), $"{name}: {fault}");
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0 }, "1:1", "UTF-16 or UTF-32; save it as UTF-8")]
    [InlineData(new byte[] { 0xFE, 0xFF, 0, 0x61 }, "1:1", "UTF-16 or UTF-32; save it as UTF-8")]
    [InlineData(new byte[] { 0x61, 0, 0x3A, 0 }, "1:2", "like UTF-16; save it as UTF-8")]
    [InlineData(new byte[] { 0, 0x61, 0, 0x3A }, "1:1", "like UTF-16; save it as UTF-8")]
    [InlineData(new byte[] { 0x23, 0x0A, 0x23, 0x20, 0xFC, 0x0A }, "2:3", "the byte 0xFC is not UTF-8")]
    [InlineData(new byte[] { 0x23, 0x0D, 0x23, 0xC3 }, "2:2", "the byte 0xC3 is not UTF-8")]
    [InlineData(new byte[] { 0x23, 0xED, 0xA0, 0x80 }, "1:2", "the byte 0xED is not UTF-8")]
    public void S17_another_encoding_is_named_with_the_place_of_its_first_byte(byte[] content, string place, string message)
    {
        File.WriteAllBytes(_files.Path, content);

        var fault = Assert.Single(_files.Faults());

        Assert.StartsWith($"breakers.yaml:{place}: ", fault, StringComparison.Ordinal);
        Assert.Contains(message, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void S17_a_byte_order_mark_at_the_beginning_is_no_fault_and_moves_no_place()
    {
        File.WriteAllBytes(_files.Path, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("circuit_breakers: { enabled: maybe }")]);

        Assert.StartsWith("breakers.yaml:1:30: ", Assert.Single(_files.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void S17_a_directive_before_the_settings_is_none() =>
        Assert.False(_files.Write("# first\n%YAML 1.2\n---\ncircuit_breakers: { enabled: false }\n").Loader.Load().Configuration.Enabled);

    [Fact]
    public void S17_a_key_that_is_given_twice_has_the_place_of_the_second() =>
        Assert.StartsWith("breakers.yaml:5:5: ", Assert.Single(_files.Write(Head + "    failure_threshold: 6\n").Faults()), StringComparison.Ordinal);

    /// <summary>What breaks YAML where it stands: alone on a line of its own, with lines before and after it that are good.</summary>
    [Fact]
    public void S17_a_corruption_of_one_line_is_reported_at_that_line()
    {
        string[] corruptions =
            ["\t\tx: 1", "    x: @", "    x: `a", "    x: \"\\q\"", "    x: \"open", "    x: 'open", "    x: a: b", "    x: [1}", "    x: \u0001", "    x: !a!b 1", "    x: |99", "   x: 1"];
        Gen.Select(Gen.Int[0, 40], Gen.Int[1, 40], Gen.Int[0, corruptions.Length - 1]).ForAll(500, draw =>
        {
            var (before, after, which) = draw;
            var good = string.Concat(Enumerable.Range(0, before).Select(line => line % 3 == 0 ? $"    # {line}\n" : $"    k{line}: {line}\n"));
            var rest = string.Concat(Enumerable.Range(0, after).Select(line => $"    l{line}: {line}\n"));

            var fault = Assert.Single(_files.Write(Head + good + corruptions[which] + "\n" + rest).Faults());

            Assert.StartsWith($"breakers.yaml:{5 + before}:", fault, StringComparison.Ordinal);
        });
    }

    public void Dispose() => _files.Dispose();
}
