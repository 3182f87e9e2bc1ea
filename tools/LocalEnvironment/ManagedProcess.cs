using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>A program that we started: its lines can be read and awaited, and it ends when we do.</summary>
public sealed class ManagedProcess : IAsyncDisposable
{
    private const int RememberedLines = 200;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _recent = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly TextWriter? _log;
    private readonly Func<string, bool> _isLogged;
    private bool _disposed;

    private ManagedProcess(string name, Process process, Func<string, bool>? isLogged)
    {
        Name = name;
        _process = process;
        _isLogged = isLogged ?? (static _ => true);
        if (LogFolder is { } folder)
        {
            Directory.CreateDirectory(folder);
            _log = TextWriter.Synchronized(new StreamWriter(Path.Combine(folder, name + ".log"), append: true) { AutoFlush = true });
        }
    }

    /// <summary>Where every process started from now on leaves all that it says, in a file of its name; null, the default: nowhere.</summary>
    public static string? LogFolder { get; set; }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>What it says on its standard output; for one reader.</summary>
    /// <param name="read">What a line says; null when it is none of the news.</param>
    /// <exception cref="JsonException">A line says nothing that can be read, and it is not the last: of a process that is killed that may
    /// be cut off.</exception>
    public async IAsyncEnumerable<TNews> News<TNews>(Func<string, TNews?> read)
        where TNews : class
    {
        JsonException? unreadable = null;
        await foreach (var line in _lines.Reader.ReadAllAsync())
        {
            if (unreadable is not null)
            {
                throw unreadable;
            }

            TNews? said = null;
            try
            {
                said = read(line);
            }
            catch (JsonException exception)
            {
                unreadable = exception;
            }

            if (said is not null)
            {
                yield return said;
            }
        }
    }

    /// <summary>Its last lines, of both outputs.</summary>
    public string Recent => string.Join(Environment.NewLine, _recent);

    /// <summary>Starts a .NET assembly.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="assembly">The assembly's path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">What is added to our own environment.</param>
    /// <param name="launcher">A command that becomes it, as <c>nsenter</c> does; null: none.</param>
    /// <param name="isLogged">Which of its lines go into the log file; null: all.</param>
    public static ManagedProcess StartDotnet(
        string name,
        string assembly,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyList<string>? launcher = null,
        Func<string, bool>? isLogged = null) =>
        Start(name, [.. launcher ?? [], "dotnet", assembly, .. arguments], Path.GetDirectoryName(assembly)!, environment, isLogged);

    /// <summary>Starts a program.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="command">The program, and its arguments.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">What is added to our own environment.</param>
    /// <param name="isLogged">Which of its lines go into the log file; null: all.</param>
    public static ManagedProcess Start(
        string name,
        IReadOnlyList<string> command,
        string folder,
        IReadOnlyDictionary<string, string>? environment = null,
        Func<string, bool>? isLogged = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var managed = new ManagedProcess(name, new Process { StartInfo = start }, isLogged);
        managed._process.OutputDataReceived += (_, line) => managed.Hear(line.Data, isOutput: true);
        managed._process.ErrorDataReceived += (_, line) => managed.Hear(line.Data, isOutput: false);
        managed._process.Start();
        Watchdog.Guard(managed.Id);
        managed._process.BeginOutputReadLine();
        managed._process.BeginErrorReadLine();
        return managed;
    }

    /// <summary>Waits for a line of its output.</summary>
    /// <exception cref="TimeoutException">It did not come; the message has the last lines.</exception>
    /// <exception cref="InvalidOperationException">The program ended before; the message has the last lines.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> wanted, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        using var due = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        due.CancelAfter(limit);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(due.Token))
            {
                if (wanted(line))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{Name} did not say what was waited for within {limit.TotalSeconds:0.#} s. Its last lines:\n{Recent}");
        }

        throw new InvalidOperationException($"{Name} ended before it said what was waited for. Its last lines:\n{Recent}");
    }

    /// <summary>Waits until it has ended by itself and all its output has been read.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="TimeoutException">It still runs; the message has the last lines.</exception>
    public async Task<int> EndAsync(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken).WaitAsync(limit, cancellationToken);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Name} still ran after {limit.TotalSeconds:0.#} s. Its last lines:\n{Recent}");
        }
    }

    /// <summary>Whether it handles a signal itself, by the signal's number; false: the system's default applies, or the process is gone.</summary>
    public bool Handles(int signal) => Signals.Has(Id, "SigCgt", signal);

    /// <summary>Kills it as kill -9 does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end (SIGTERM), and kills it if it has not within the grace.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (_process.HasExited)
        {
            return;
        }

        Signal("TERM");
        using var limit = new CancellationTokenSource(grace);
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
        {
            await KillAsync();
        }
    }

    /// <summary>Sends it a signal, by name: TERM, STOP, CONT.</summary>
    public void Signal(string name) => Signals.Send(name, Id);

    /// <summary>Writes a line to its standard input.</summary>
    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        // To the end of its outputs: nothing is heard of it after this.
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_log is not null)
        {
            await _log.DisposeAsync();
        }
    }

    private void Hear(string? line, bool isOutput)
    {
        if (line is null)
        {
            if (isOutput)
            {
                _lines.Writer.TryComplete();
            }

            return;
        }

        _recent.Enqueue(line);
        if (_log is not null && _isLogged(line))
        {
            _log.WriteLine(line);
        }

        while (_recent.Count > RememberedLines)
        {
            _recent.TryDequeue(out _);
        }

        if (isOutput)
        {
            _lines.Writer.TryWrite(line);
        }
    }
}
