using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>A TCP path that can be cut, and that can hang. Safe for any number of threads.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, Socket> _pairs = new();
    private readonly Task _accepting;
    private volatile bool _isCut;
    private volatile TaskCompletionSource? _stall;
    private volatile Func<IPEndPoint, bool> _refuses = static _ => false;

    /// <summary>Starts a path to <paramref name="target"/> on loopback.</summary>
    public TcpProxy(int target)
        : this(new IPEndPoint(IPAddress.Loopback, target))
    {
    }

    /// <summary>Starts a path to <paramref name="target"/>.</summary>
    /// <param name="target">Where it leads.</param>
    /// <param name="listen">Where it begins; null: a free port on loopback.</param>
    public TcpProxy(IPEndPoint target, IPEndPoint? listen = null)
    {
        _target = target;
        _listener = new TcpListener(listen ?? new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where to connect to.</summary>
    public int Port { get; }

    /// <summary>Resets all connections, and each new one, until restored.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var (near, far) in _pairs)
        {
            Reset(near);
            Reset(far);
        }
    }

    /// <summary>Resets the connections of some who use the path, and each new one of theirs, until restored. Connections are told apart
    /// by where they come from (<see cref="SocketOwner"/>).</summary>
    public void CutFor(Func<IPEndPoint, bool> who)
    {
        _refuses = who;
        foreach (var (near, far) in _pairs)
        {
            if (IsRefused(near))
            {
                Reset(near);
                Reset(far);
            }
        }
    }

    /// <summary>Accepts connections and passes nothing on, until restored: what a frozen server or a dead network looks like.</summary>
    public void Stall()
    {
        _stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _isCut = false;
    }

    /// <summary>Lets connections through again; those that hung go on.</summary>
    public void Restore()
    {
        _isCut = false;
        _refuses = static _ => false;
        Interlocked.Exchange(ref _stall, null)?.SetResult();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Gone already: that is what was wanted.
        }
    }

    private bool IsRefused(Socket near)
    {
        try
        {
            return near.RemoteEndPoint is IPEndPoint from && _refuses(from);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Gone already.
            return false;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var near = await _listener.AcceptSocketAsync(_stop.Token);
            if (_isCut || IsRefused(near))
            {
                Reset(near);
            }
            else
            {
                _ = ForwardAsync(near);
            }
        }
    }

    private async Task ForwardAsync(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        _pairs[near] = far;
        try
        {
            await WhileStalledAsync();
            await far.ConnectAsync(_target, _stop.Token);
            if (!_isCut)
            {
                await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side is not there: the near side learns it by the reset below.
        }
        finally
        {
            _pairs.TryRemove(near, out _);
            Reset(near);
            Reset(far);
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16_384];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is var length and > 0)
            {
                await WhileStalledAsync();
                await to.SendAsync(buffer.AsMemory(0, length), _stop.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut, or closed by either side.
        }
    }

    private ValueTask WhileStalledAsync() => _stall is { } stall ? new(stall.Task.WaitAsync(_stop.Token)) : ValueTask.CompletedTask;
}
