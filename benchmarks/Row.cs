using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks;

/// <summary>How thoroughly to measure.</summary>
/// <param name="IsQuick">Fewer repetitions and smaller sizes: what differs by half is still seen.</param>
/// <param name="Redis">Where a Redis server is that may be used; null: there is none.</param>
internal sealed record Plan(bool IsQuick, string? Redis)
{
    /// <summary>How long what is measured runs before it is measured: a handful of processes share the cores, and until what they run has been
    /// compiled for good their compilers take most of the time.</summary>
    public TimeSpan WarmUp => Of(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5));

    /// <summary>The one or the other.</summary>
    public T Of<T>(T full, T quick) => IsQuick ? quick : full;
}

/// <summary>A row of the table: what is measured, beside what.</summary>
internal abstract class Row
{
    /// <summary>Its number.</summary>
    public abstract int Number { get; }

    /// <summary>What it is about, in a few words.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a quick run measures it.</summary>
    public virtual bool IsQuick => true;

    /// <summary>Measures, and adds what was found.</summary>
    public abstract Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken);
}
