using System.Text;

namespace TaskerCore.Orleans.Fleet;

/// <summary>Text in lines, broken between words alone.</summary>
internal static class Wrapping
{
    /// <summary>A text in lines of at most <paramref name="width"/> columns. A word that is longer than a line has one of its own.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The columns that a line may have.</param>
    /// <param name="first">What stands before the first line.</param>
    /// <param name="next">What stands before the others.</param>
    public static IEnumerable<string> Of(string text, int width, string first, string next)
    {
        var line = new StringBuilder(first);
        var isEmpty = true;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear().Append(next);
                isEmpty = true;
            }

            line.Append(isEmpty ? string.Empty : " ").Append(word);
            isEmpty = false;
        }

        yield return line.ToString();
    }
}
