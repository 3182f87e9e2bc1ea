using System.Globalization;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Fleet.Running;

namespace TaskerCore.Orleans.Fleet.Live;

/// <summary>Lays a frame out: made for 80 columns and 24 lines, and wider and longer where there is room. No word is ever broken.</summary>
internal static class LiveFrame
{
    private const int DesignWidth = 80;
    private const int Widest = 124;
    private const int Roomy = 30;
    private const int EventIndent = 11;
    private const string NotThere = "-";

    private static readonly Column[] SiloColumns = [new("SILO", 10), new("STATE", 11), new("BREAKER", 12), new("WORKERS CONNECT TO", 20), new("HTTP API", 24)];

    private static readonly Column[] WorkerColumns =
    [
        new("WORKER", 10), new("CIRCUIT", 14), new("DECIDES", 9), new("GEN", 4, IsNumber: true), new("SENT/S", 8, IsNumber: true),
        new("READ/S", 8, IsNumber: true), new("FAILED", 8, IsNumber: true), new("REJECTED", 10, IsNumber: true), new("  PATH", 7),
    ];

    private static readonly Line[] Keys =
    [
        new(new(" "), new("1 2 3", Ink.Bold), new(" cut or restore a worker's path to pgmq   "), new("p", Ink.Bold), new(" stop or start pgmq")),
        new(new(" "), new("k", Ink.Bold), new(" kill a silo   "), new("s", Ink.Bold), new(" start a silo   "), new("q", Ink.Bold), new(" quit")),
    ];

    /// <summary>The lines of a frame, at most <paramref name="height"/> of them, none longer than <paramref name="width"/>.</summary>
    public static IReadOnlyList<Line> Of(LiveModel model, int width, int height)
    {
        var gap = (Math.Clamp(width, DesignWidth, Widest) - DesignWidth) / WorkerColumns.Length;
        List<Line> top =
        [
            Title(model, width),
            Line.Empty,
            Heading(SiloColumns, gap),
            .. model.Silos.Select(silo => Row(SiloColumns, gap, Cells(silo))),
            Line.Empty,
            Heading(WorkerColumns, gap),
            .. model.Workers.Select(worker => Row(WorkerColumns, gap, Cells(worker))),
            Line.Empty,
        ];
        List<Line> bottom = [Line.Empty, .. Keys, new(new Span($" logs: {model.LogFolder}", Ink.Dim))];
        if (height >= Roomy && model.Silos.FirstOrDefault(silo => silo.State == SiloState.Running) is { } running)
        {
            bottom.Add(new(new Span($" from another shell: tasker-breakers watch --server {running.Api}", Ink.Dim)));
        }

        var room = height - top.Count - bottom.Count;
        var middle = Events(model.Events, Math.Max(room, 0), width);
        return [.. top.Concat(middle).Concat(bottom).TakeLast(Math.Max(height, 1)).Select(line => line.Fit(width))];
    }

    private static Line Title(LiveModel model, int width)
    {
        var cluster = model.Workers.FirstOrDefault(worker => worker.Mode == BreakerMode.Connected && worker.State is not null);
        List<Span> spans = [new(" Breaker pgmq: ", Ink.Bold)];
        spans.Add(cluster is null ? new Span("each worker alone", Ink.Warning) : new Span(State(cluster), Color(cluster.State)));
        var silos = model.Silos.Count(silo => silo.State == SiloState.Running);
        var right = $"{Words.Count(silos, "silo runs", "silos run")}, pgmq {(model.QueueRuns ? "runs" : "is stopped")}  {model.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} ";
        var room = Math.Min(width, Widest) - spans.Sum(span => span.Text.Length);
        spans.Add(new Span(right.PadLeft(Math.Max(room, right.Length + 2)), Ink.Dim));
        return new Line([.. spans]);
    }

    private static string State(WorkerRow worker) => worker.ProbesIn is { } wait && worker.State == BreakerState.Open
        ? $"open, probes in {Words.Seconds(wait)}"
        : worker.State is { } state ? Words.Of(state) : NotThere;

    private static Span[] Cells(SiloRow silo) =>
    [
        new(silo.Name),
        new(Words.Of(silo.State, ' '), silo.State switch { SiloState.Running => Ink.Good, SiloState.Starting => Ink.Warning, _ => Ink.Bad }),
        new(silo.Decides ? "decides" : NotThere, silo.Decides ? Ink.Plain : Ink.Dim),
        new(silo.Gateway),
        new(silo.Api),
    ];

    private static Span[] Cells(WorkerRow worker) =>
    [
        new(worker.Name),
        new(
            worker.State is not { } state ? NotThere : worker.ProbesIn is { } wait && state == BreakerState.Open ? $"open, {Words.Seconds(wait)}" : Words.Of(state),
            Color(worker.State)),
        new(Words.Of(worker.Mode), worker.Mode == BreakerMode.Connected ? Ink.Plain : Ink.Warning),
        new(Number(worker.Generation)),
        Rate(worker.SentPerSecond),
        Rate(worker.ReadPerSecond),
        Total(worker.Failed, Ink.Bad),
        Total(worker.Rejected, Ink.Warning),
        worker.PathIsCut ? new("  cut", Ink.Bad) : new("  whole"),
    ];

    private static Span Rate(double perSecond) => new(perSecond.ToString("0", CultureInfo.InvariantCulture), perSecond < 0.5 ? Ink.Dim : Ink.Plain);

    private static Span Total(long count, Ink ink) => new(Number(count), count == 0 ? Ink.Dim : ink);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static Line Heading(Column[] columns, int gap) =>
        Row(columns, gap, [.. columns.Select(column => new Span(column.Heading, Ink.Dim))]);

    private static Line Row(Column[] columns, int gap, Span[] cells) => new(
    [
        new(" "), .. columns.Zip(cells).Select(pair => pair.Second with { Text = pair.First.Pad(pair.Second.Text, gap) }),
    ]);

    /// <summary>The newest events that have room, the newest first: what happened, and the error behind it where there is one.</summary>
    private static List<Line> Events(IReadOnlyList<FleetEvent> events, int room, int width)
    {
        List<Line> lines = [new(new Span(" EVENTS, the newest first", Ink.Dim))];
        if (events.Count == 0)
        {
            lines.Add(new(new Span(" Nothing yet. Press p: pgmq stops, and the circuit opens for all.", Ink.Dim)));
        }

        foreach (var happened in events.Reverse().TakeWhile(_ => lines.Count < room))
        {
            var clock = $" {happened.At.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  ";
            lines.AddRange(Indented(happened.What, happened.Ink, clock));
            lines.AddRange(happened.Why is { } why ? Indented(why, Ink.Plain, string.Empty) : []);
        }

        while (lines.Count < room)
        {
            lines.Add(Line.Empty);
        }

        return lines[..Math.Min(lines.Count, room)];

        IEnumerable<Line> Indented(string text, Ink ink, string clock) => Wrapping.Of(text, width - EventIndent, string.Empty, string.Empty)
            .Select((part, index) => new Line(new((index == 0 ? clock : string.Empty).PadRight(EventIndent), Ink.Dim), new(part, ink)));
    }

    private static Ink Color(BreakerState? state) => state switch
    {
        BreakerState.Closed or BreakerState.ForcedClosed => Ink.Good,
        BreakerState.HalfOpen => Ink.Warning,
        null => Ink.Dim,
        _ => Ink.Bad,
    };

    /// <summary>A column: what stands over it, and its width with the space to the next. Numbers stand on the right.</summary>
    private sealed record Column(string Heading, int Width, bool IsNumber = false)
    {
        public string Pad(string text, int gap) => IsNumber ? text.PadLeft(Width + gap) : text.PadRight(Width + gap);
    }
}
