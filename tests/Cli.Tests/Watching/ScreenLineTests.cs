using TaskerCore.Orleans.Cli.Watching;

namespace TaskerCore.Orleans.Cli.Tests.Watching;

/// <summary>A line of the live screen as a terminal gets it.</summary>
public sealed class ScreenLineTests
{
    private readonly ScreenLine _line = new(("payments ", Ink.Plain), ("open", Ink.Red));

    [Fact]
    public void It_is_cut_to_the_width_of_the_terminal()
    {
        Assert.Equal("payments open", _line.Render(width: 13, hasColor: false));
        Assert.Equal(12, _line.Render(width: 12, hasColor: false).Length);
    }

    [Fact]
    public void Only_a_terminal_with_colours_gets_them() =>
        Assert.Equal(("payments \e[91mopen\e[0m", "payments open"), (_line.Render(80, hasColor: true), _line.Render(80, hasColor: false)));

    [Fact]
    public void What_others_wrote_moves_no_cursor() =>
        Assert.DoesNotContain('\e', ScreenLine.Of("a\e[2Jb").Render(80, hasColor: true));

    [Fact]
    public void Its_text_is_that_of_its_parts() => Assert.Equal(("payments open", ""), (_line.Text, ScreenLine.Empty.Text));
}
