using System.Text.Json;
using TaskerCore.Orleans.Cli.Printing;
using YamlDotNet.RepresentationModel;

namespace TaskerCore.Orleans.Cli.Tests.Printing;

public sealed class YamlTests
{
    [Theory]
    [InlineData("half_open")]
    [InlineData("pgmq/orders")]
    public void A_word_stands_bare(string text) => Assert.Equal($"a: {text}", Write(JsonSerializer.Serialize(new { a = text })));

    [Theory]
    [InlineData("true")]
    [InlineData("No")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("1e3")]
    [InlineData("2026-11-26")]
    [InlineData("a: b")]
    [InlineData("# no comment")]
    [InlineData("two\nlines")]
    [InlineData("word\n")]
    [InlineData("\e[2J")]
    [InlineData("\u202e\u00fc")]
    [InlineData("say \"so\" \\")]
    public void Text_that_could_be_taken_for_something_else_is_quoted_and_comes_back(string text)
    {
        var yaml = Write(JsonSerializer.Serialize(new { a = text }));

        Assert.StartsWith("a: \"", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', yaml);
        Assert.Equal(text, ((YamlScalarNode)Read(yaml)["a"]).Value);
    }

    [Fact]
    public void Numbers_switches_and_nothing_stand_as_they_are_and_empty_things_are_shown_empty() =>
        Assert.Equal("a: 0.1\nb: true\nc: null\nd: []\ne: {}\nf:\n- 1\n- g: 2", Write("""{"a":0.1,"b":true,"c":null,"d":[],"e":{},"f":[1,{"g":2}]}"""));

    [Fact]
    public void One_of_many_documents_begins_with_a_mark()
    {
        using var output = new StringWriter();
        using var json = JsonDocument.Parse("""{"a":1}""");

        Yaml.Write(json.RootElement, output, isOfMany: true);
        Yaml.Write(json.RootElement, output, isOfMany: true);

        Assert.Equal("---\na: 1\n---\na: 1\n", output.ToString());
    }

    private static string Write(string json)
    {
        using var output = new StringWriter();
        using var document = JsonDocument.Parse(json);
        Yaml.Write(document.RootElement, output);
        return output.ToString().TrimEnd();
    }

    private static YamlMappingNode Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }
}
