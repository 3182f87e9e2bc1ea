using System.Net;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>Asks the silo that runs beside it how it stands: for the health check of a container, whose image has nothing else to ask with.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>The path to ask, where the first argument is <c>--health</c> (liveness) or <c>--health=ready</c>; null: a silo is to run.</summary>
    public static string? Question(string[] args) => args.FirstOrDefault() switch
    {
        "--health" => "/health/live",
        "--health=ready" => "/health/ready",
        _ => null,
    };

    /// <summary>Asks, and writes what was answered to standard output.</summary>
    /// <param name="path">The path.</param>
    /// <param name="urls">Where the silo's HTTP API listens: the first address is asked, over loopback where it is any address.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>Whether the answer is good.</returns>
    /// <exception cref="FormatException">The address is not valid.</exception>
    public static async Task<bool> AskAsync(string path, string urls, CancellationToken cancellationToken = default)
    {
        // It asks itself and says nothing that is secret: whose certificate the API shows does not matter.
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var http = new HttpClient(handler) { Timeout = Limit };
        try
        {
            using var answer = await http.GetAsync(new Uri(Address(urls), path), cancellationToken);
            Console.WriteLine(await answer.Content.ReadAsStringAsync(cancellationToken));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine(exception.Message);
            return false;
        }
    }

    /// <summary>Where to ask a silo that listens at these addresses.</summary>
    internal static Uri Address(string urls)
    {
        var first = BindingAddress.Parse(urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0]);
        var host = string.Equals(first.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(first.Host, out var ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any))
                ? first.Host
                : $"{IPAddress.Loopback}";
        return new UriBuilder(first.Scheme, host, first.Port).Uri;
    }
}
