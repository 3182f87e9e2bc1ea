using System.Net;

namespace TaskerCore.Orleans.Silo.Api.Access;

/// <summary>How often an address may show a wrong key: <see cref="Most"/> times in a <see cref="Window"/> that begins with the first. Then
/// nothing that it shows is looked at until the window has ended, a right key neither: else it could go on guessing. Others are not
/// affected.</summary>
/// <remarks>Safe for any number of threads. An IPv6 network of 64 bits counts as one address, because one host has all of it. The limiters of
/// <c>System.Threading.RateLimiting</c> do not serve: they read the system's clock, keep any number of addresses, begin a window when the limiter is
/// made, and report the whole window as the time to wait.</remarks>
internal sealed class FailureLimit(TimeProvider time)
{
    /// <summary>Wrong keys that an address may show in one window.</summary>
    public const int Most = 10;

    /// <summary>How many addresses are remembered; of more the oldest is forgotten.</summary>
    public const int MaxAddresses = 10_000;

    /// <summary>How long failures count.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Failures> _failures = [];
    private readonly Queue<IPAddress> _oldestFirst = new();

    /// <summary>How long the address has to wait; null when it need not.</summary>
    public TimeSpan? RetryAfter(IPAddress? address)
    {
        lock (_lock)
        {
            return _failures.TryGetValue(Network(address), out var failures) && failures.Count >= Most && Left(failures) is var left && left > TimeSpan.Zero
                ? left
                : null;
        }
    }

    /// <summary>The address showed a wrong key.</summary>
    public void Add(IPAddress? address)
    {
        lock (_lock)
        {
            while (_oldestFirst.TryPeek(out var oldest) && Left(_failures[oldest]) <= TimeSpan.Zero)
            {
                _failures.Remove(_oldestFirst.Dequeue());
            }

            var network = Network(address);
            if (!_failures.TryGetValue(network, out var failures))
            {
                if (_oldestFirst.Count == MaxAddresses)
                {
                    _failures.Remove(_oldestFirst.Dequeue());
                }

                _oldestFirst.Enqueue(network);
                _failures[network] = failures = new Failures(time.GetTimestamp());
            }

            failures.Count++;
        }
    }

    private TimeSpan Left(Failures failures) => Window - time.GetElapsedTime(failures.Since);

    private static IPAddress Network(IPAddress? address)
    {
        const int networkBytes = 8;
        if (address is null || address.GetAddressBytes() is not { Length: > networkBytes } bytes)
        {
            return address ?? IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        bytes.AsSpan(networkBytes).Clear();
        return new IPAddress(bytes);
    }

    private sealed class Failures(long since)
    {
        public long Since => since;

        public int Count { get; set; }
    }
}
