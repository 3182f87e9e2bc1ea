using System.Security.Cryptography;

namespace TaskerCore.Orleans.Configuration;

/// <summary>Reads inputs: each once, from its beginning to its end, and no more bytes than a configuration may have.</summary>
internal class InputReader
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>The most bytes of one file.</summary>
    public const int MaxBytes = 1_048_576;

    private readonly Func<Stream>? _standardInput;

    /// <summary>Reads files, pipes and devices.</summary>
    /// <param name="standardInput">Opens what <see cref="StandardInput"/> stands for; null: it stands for a file of that name.</param>
    public InputReader(Func<Stream>? standardInput = null) => _standardInput = standardInput;

    /// <summary>Whether the path stands for standard input, which has no file beside it.</summary>
    public bool IsStandardInput(string path) => _standardInput is not null && path == StandardInput;

    /// <summary>Reads the input. Whatever is wrong with it is said in the result.</summary>
    public ConfigurationInput Read(string path)
    {
        try
        {
            using var stream = IsStandardInput(path) ? _standardInput!() : Open(path);
            return Fault(stream) is { } fault ? ConfigurationInput.Unreadable(path, fault) : Read(path, stream);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Unreadable(path, "it does not exist" + (NearName(path) is { } near ? $"; did you mean '{near}'?" : string.Empty));
        }
        catch (UnauthorizedAccessException)
        {
            return Unreadable(path, Directory.Exists(path) ? "it is a directory" : "access is denied");
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            return Unreadable(path, exception.Message);
        }
    }

    /// <summary>Opens a file. Whoever writes it meanwhile, or replaces it, is not disturbed.</summary>
    protected virtual Stream Open(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    /// <summary>Why the stream is not read; null: it is.</summary>
    protected virtual string? Fault(Stream stream) => null;

    private static ConfigurationInput Unreadable(string path, string why) => ConfigurationInput.Unreadable(path, $"the file cannot be read: {why}");

    private static ConfigurationInput Read(string path, Stream stream)
    {
        using var content = new MemoryStream();
        var buffer = new byte[16_384];
        int read;
        while (content.Length <= MaxBytes && (read = stream.Read(buffer)) > 0)
        {
            content.Write(buffer, 0, read);
        }

        // Of something without an end it is not known how much there is.
        return content.Length <= MaxBytes
            ? ConfigurationInput.Of(path, content.ToArray())
            : ConfigurationInput.Unreadable(
                path, $"the file is larger than {MaxBytes} bytes", Convert.ToHexString(SHA256.HashData(content.ToArray())));
    }

    /// <summary>A file in the same folder whose name differs in case alone, or by <c>.yml</c> for <c>.yaml</c>.</summary>
    private static string? NearName(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return folder is null || !Directory.Exists(folder) ? null
            : FileNames.In(folder).FirstOrDefault(name => FileNames.AreAlike(name, Path.GetFileName(path)));
    }
}
