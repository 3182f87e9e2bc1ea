using System.Text;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S18: a beginning of a file is known by its hash.</summary>
public sealed class ContentMarksTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 0)]
    [InlineData("a\n", 0)]
    [InlineData("a\nb", 1)]
    [InlineData("a\nb\n", 1)]
    [InlineData("a\r\n\r\nb\n", 2)]
    public void S18_each_beginning_that_ends_with_a_line_has_a_mark_and_the_whole_has_none(string text, int marks)
    {
        var content = Encoding.UTF8.GetBytes(text);

        var found = ContentMarks.OfLines(content, most: 100);

        Assert.Equal(marks, found.Length);
        for (var length = 1; length < content.Length; length++)
        {
            Assert.Equal(content[length - 1] == '\n', found.Contains(ContentMarks.OfFile(content.AsSpan(0, length))));
        }

        Assert.DoesNotContain(ContentMarks.OfFile(content), found);
    }

    [Fact]
    public void S18_of_a_long_file_the_last_beginnings_have_a_mark()
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50).Select(line => $"{line}\n")));

        Assert.Equal(ContentMarks.OfLines(content, most: 100)[^10..], ContentMarks.OfLines(content, most: 10));
    }
}
