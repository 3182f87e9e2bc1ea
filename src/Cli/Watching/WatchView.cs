using TaskerCore.Orleans.Cli.Server;

namespace TaskerCore.Orleans.Cli.Watching;

/// <summary>What the live screen shows and which of it: the last look, the row that is selected, the filter. No terminal, no clock.</summary>
internal sealed class WatchView
{
    private const int Page = 10;
    private const int MaxFilter = 128;

    private static readonly string[] ByUrgency =
        [BreakerStates.Open, BreakerStates.ForcedOpen, BreakerStates.HalfOpen, BreakerStates.ForcedClosed, BreakerStates.Closed];

    private IReadOnlyList<Breaker> _seen = [];
    private IReadOnlyList<Breaker>? _shown;
    private string? _selected;

    /// <summary>Rates per second.</summary>
    public Rates Rates { get; } = new();

    /// <summary>Why the last look failed; null: it did not.</summary>
    public string? Fault { get; private set; }

    /// <summary>What names must contain; empty: all are shown.</summary>
    public string Filter { get; private set; } = string.Empty;

    /// <summary>Whether keys go to the filter.</summary>
    public bool IsTyping { get; private set; }

    /// <summary>When the last look was that succeeded.</summary>
    public TimeSpan SeenAt { get; private set; }

    /// <summary>All that were seen.</summary>
    public IReadOnlyList<Breaker> All => _seen;

    /// <summary>Those that are shown: what needs attention first.</summary>
    public IReadOnlyList<Breaker> Shown => _shown ??=
    [
        .. _seen.Where(breaker => breaker.Name.Contains(Filter, StringComparison.OrdinalIgnoreCase))
            .OrderBy(breaker => Array.IndexOf(ByUrgency, breaker.State) is >= 0 and var urgency ? urgency : 0)
            .ThenBy(breaker => breaker.Name, StringComparer.Ordinal),
    ];

    /// <summary>The row that is selected; -1: none is shown.</summary>
    public int Selected => Shown.Count == 0 ? -1
        : Math.Max(0, Shown.Index().FirstOrDefault(row => row.Item.Name == _selected, (Index: 0, Item: Shown[0])).Index);

    /// <summary>Takes a look. While none succeeds, what was seen last stays.</summary>
    public void Update(Look look, TimeSpan at)
    {
        Fault = look.Fault;
        if (look.Fault is null)
        {
            (_seen, SeenAt) = (look.Breakers, at);
            Rates.Update(look.Breakers, at);
            Forget();
        }
    }

    /// <summary>Takes a key.</summary>
    /// <returns>Whether it ends the program.</returns>
    public bool Press(ConsoleKeyInfo key) => IsTyping ? Type(key) : Do(key);

    private bool Do(ConsoleKeyInfo key)
    {
        switch (key)
        {
            case { KeyChar: 'q' or 'Q' }:
                return true;
            case { KeyChar: '/' }:
                IsTyping = true;
                break;
            case { Key: ConsoleKey.Escape }:
                SetFilter(string.Empty);
                break;
            case { Key: ConsoleKey.UpArrow } or { KeyChar: 'k' }:
                Move(-1);
                break;
            case { Key: ConsoleKey.DownArrow } or { KeyChar: 'j' }:
                Move(1);
                break;
            case { Key: ConsoleKey.PageUp }:
                Move(-Page);
                break;
            case { Key: ConsoleKey.PageDown } or { KeyChar: ' ' }:
                Move(Page);
                break;
            case { Key: ConsoleKey.Home } or { KeyChar: 'g' }:
                Move(-Shown.Count);
                break;
            case { Key: ConsoleKey.End } or { KeyChar: 'G' }:
                Move(Shown.Count);
                break;
            default:
                break;
        }

        return false;
    }

    private bool Type(ConsoleKeyInfo key)
    {
        switch (key)
        {
            case { Key: ConsoleKey.Enter }:
                IsTyping = false;
                break;
            case { Key: ConsoleKey.Escape }:
                IsTyping = false;
                SetFilter(string.Empty);
                break;
            case { Key: ConsoleKey.Backspace }:
                SetFilter(Filter.Length > 0 ? Filter[..^1] : Filter);
                break;
            case { Key: ConsoleKey.UpArrow }:
                Move(-1);
                break;
            case { Key: ConsoleKey.DownArrow }:
                Move(1);
                break;
            case { KeyChar: > ' ' and < (char)127 and var sign } when Filter.Length < MaxFilter:
                SetFilter(Filter + sign);
                break;
            default:
                break;
        }

        return false;
    }

    private void SetFilter(string filter)
    {
        Filter = filter;
        Forget();
    }

    private void Forget() => _shown = null;

    private void Move(int rows)
    {
        if (Shown.Count > 0)
        {
            _selected = Shown[Math.Clamp(Selected + rows, 0, Shown.Count - 1)].Name;
        }
    }
}
