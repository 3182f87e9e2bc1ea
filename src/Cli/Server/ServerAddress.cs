using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Server;

/// <summary>Which server is asked, and with which key.</summary>
/// <param name="Url">Its HTTP API; ends with a slash.</param>
/// <param name="Key">The key; null: none.</param>
internal sealed record ServerAddress(Uri Url, string? Key)
{
    private const int MaxKeyLength = 4096;

    /// <summary>Takes both from options and variables. Several servers are tried in that order; each may be a list with commas.</summary>
    /// <exception cref="CliFault">An address is none, the key cannot be read, or would be sent where everybody can read it.</exception>
    public static IReadOnlyList<ServerAddress> Of(CliHost host, IReadOnlyList<string> servers, string? keyFile, bool insecure)
    {
        const StringSplitOptions parts = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        string[] given = servers.Count > 0 ? [.. servers] : [host.Variable(GlobalOptions.ServerVariable) ?? GlobalOptions.DefaultServer];
        Uri[] urls = [.. given.SelectMany(list => list.Split(',', parts) is { Length: > 0 } each ? each : [list]).Select(Parse).Distinct()];
        var key = keyFile is null ? host.Variable(GlobalOptions.KeyVariable)?.Trim() : Read(keyFile);
        if (key is not null && (key.Length is 0 or > MaxKeyLength || key.Any(sign => sign is <= ' ' or > '~')))
        {
            // Not a word of the key itself.
            throw new CliFault(
                ExitCode.Invalid,
                $"The key in {keyFile ?? GlobalOptions.KeyVariable} must be one line of 1-{MaxKeyLength} ASCII characters without spaces.");
        }

        return key is not null && !insecure && urls.FirstOrDefault(url => url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback) is { } open
            ? throw new CliFault(
                ExitCode.Usage,
                $"The key is not sent to {open} over plain http, where others can read it. Use https, or --insecure on a trusted network.")
            : [.. urls.Select(url => new ServerAddress(url, key))];
    }

    // Not the key: records show all they have.
    private bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append(Url);
        return true;
    }

    private static Uri Parse(string text)
    {
        const string allowed = "use http://HOST:PORT or https://HOST, with a path if needed";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            throw new CliFault(ExitCode.Usage, $"The server '{text}' is not an address of an HTTP API; {allowed}.");
        }

        return url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0
            ? throw new CliFault(ExitCode.Usage, $"The server's address contains more than host, port and path; {allowed}. Put a key into {GlobalOptions.KeyVariable}.")
            : new Uri(url.AbsoluteUri.TrimEnd('/') + '/');
    }

    private static string Read(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            var buffer = new char[MaxKeyLength + 2];
            return new string(buffer, 0, reader.ReadBlock(buffer)).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliFault(ExitCode.Invalid, $"The key file cannot be read: {exception.Message}");
        }
    }
}
