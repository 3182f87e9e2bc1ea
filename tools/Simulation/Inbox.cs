namespace TaskerCore.Orleans.Simulation;

/// <summary>The inputs of one activation: they wait until its first read has ended, a host that stands still delays them, and a dead one takes none.</summary>
/// <param name="host">The activation's host.</param>
/// <param name="isAlive">Whether the activation lives.</param>
/// <param name="carryOut">Does what the core wants after an input.</param>
internal sealed class Inbox(Host host, Func<bool> isAlive, Action carryOut)
{
    private readonly Queue<Action> _waiting = new();

    /// <summary>Whether the first read has ended.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Does something on the host while the activation lives.</summary>
    public void Run(Action action) => host.Run(() =>
    {
        if (isAlive())
        {
            action();
        }
    });

    /// <summary>Gives the core an input as soon as it may have one, and does what it wants after it.</summary>
    public void Do(Action input) => Run(() =>
    {
        if (IsOpen)
        {
            input();
            carryOut();
        }
        else
        {
            _waiting.Enqueue(input);
        }
    });

    /// <summary>The first read has ended, or was given up; only the first end counts. What waited is done.</summary>
    public void Open(Action read)
    {
        if (IsOpen)
        {
            return;
        }

        read();
        IsOpen = true;
        carryOut();
        while (_waiting.TryDequeue(out var input))
        {
            input();
            carryOut();
        }
    }
}
