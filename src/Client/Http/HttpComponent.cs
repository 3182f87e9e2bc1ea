using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TaskerCore.Orleans.Client.Http;

/// <summary>Names components after what a request is for (S19).</summary>
public static class HttpComponent
{
    private const string Prefix = "http/";
    private const int DigestLength = 16;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-:");

    /// <summary>The component of the request's host: <c>http/api.example.com</c>, with the port where it is not the scheme's own
    /// (<c>http/api.example.com:8443</c>). Its settings are those of <c>http</c> unless it has its own (S15).</summary>
    /// <remarks>What a component name may not have becomes <c>_</c> (the brackets of an IPv6 address), and a host that is too long for one
    /// is cut, and its digest appended: different hosts never share a breaker for it.</remarks>
    /// <exception cref="InvalidOperationException">The request has no absolute address.</exception>
    public static string OfHost(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.RequestUri is not { IsAbsoluteUri: true } address)
        {
            throw new InvalidOperationException(
                "The request has no absolute address, so its host cannot name a breaker: set HttpClient.BaseAddress, or name the component.");
        }

        var host = address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost}]" : address.IdnHost;
        var authority = address.IsDefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{address.Port}");
        return Prefix + Fitting(authority.ToLowerInvariant());
    }

    private static string Fitting(string authority)
    {
        const int most = ComponentName.MaxLength - 5;
        var name = authority.AsSpan().ContainsAnyExcept(Allowed)
            ? string.Create(authority.Length, authority, static (characters, from) =>
            {
                for (var at = 0; at < characters.Length; at++)
                {
                    characters[at] = Allowed.Contains(from[at]) ? from[at] : '_';
                }
            })
            : authority;
        return name.Length <= most
            ? name
            : $"{name[..(most - DigestLength - 1)]}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(authority)))[..DigestLength]}";
    }
}
