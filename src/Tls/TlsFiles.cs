using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Tls;

/// <summary>One side's files: read at the first use, and again once one of them has changed. What cannot be read then changes nothing.</summary>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed partial class TlsFiles(TlsOptions options, string prefix, bool isSilo, TimeProvider time, ILogger<TlsFiles> logger)
{
    private readonly Lock _lock = new();
    private TlsCredentials? _current;
    private Stamp _read;

    /// <summary>What the files say now.</summary>
    /// <exception cref="TlsFileException">They were never good yet.</exception>
    public TlsCredentials Current
    {
        get
        {
            lock (_lock)
            {
                // Before the content: what is written in between is read again.
                var stamp = new Stamp(Written(options.CertificatePath), Written(options.KeyPath), Written(options.CaPath));
                if (_current is null || stamp != _read)
                {
                    Read();
                    _read = stamp;
                }

                return _current!;
            }
        }
    }

    private void Read()
    {
        try
        {
            _current = TlsCredentials.Read(options, prefix, isSilo, time.GetUtcNow());
            LogRead(_current.Own.TargetCertificate.Subject, _current.Own.TargetCertificate.NotAfter.ToUniversalTime());
        }
        catch (TlsFileException exception) when (_current is not null)
        {
            LogNotRead(exception.Message);
        }
    }

    /// <summary>Of the file itself, not of links to it: one that leads to another file now has changed.</summary>
    private static DateTime Written(string? path)
    {
        try
        {
            using var file = File.OpenHandle(path!);
            return File.GetLastWriteTimeUtc(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Whoever reads it says so.
            return default;
        }
    }

    private readonly record struct Stamp(DateTime Certificate, DateTime Key, DateTime Ca);

    [LoggerMessage(EventIds.FilesRead, LogLevel.Information, "TLS: using the certificate {Subject}, valid until {Until:u}")]
    private partial void LogRead(string subject, DateTime until);

    [LoggerMessage(EventIds.FilesNotRead, LogLevel.Error, "TLS: changed files are invalid; the previous certificate stays in use: {Reason}")]
    private partial void LogNotRead(string reason);
}
