using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Grains.Directory;

/// <summary>The settings of the files of the silo that this is: what a directory goes by until it could read what is stored (C6, S16).
/// Safe to use from any number of threads.</summary>
internal sealed class LocalConfiguration(CircuitBreakerConfiguration initial)
{
    private volatile CircuitBreakerConfiguration _current = initial;

    public CircuitBreakerConfiguration Current
    {
        get => _current;
        set => _current = value;
    }
}
