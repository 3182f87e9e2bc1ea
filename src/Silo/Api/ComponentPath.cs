using Microsoft.AspNetCore.Http.Features;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>Finds a component's name in a path, in every form that proxies leave it in.</summary>
/// <remarks>A name may contain <c>/</c>. In a query (<c>?name=pgmq/orders</c>) nothing on the way changes it. In a path it is sent as <c>%2F</c>,
/// and arrives so, or encoded twice (<c>%252F</c>), or decoded by a proxy: then the name is all before a known last segment.</remarks>
internal static class ComponentPath
{
    private const string EncodedSlash = "%2F";

    /// <summary>A name as it was sent. An encoded slash that was encoded again, or that the routing left as it was, is a slash: no name
    /// contains a percent sign.</summary>
    public static string Decode(string name)
    {
        const string encodedTwice = "%252F";
        return name.Replace(encodedTwice, "/", StringComparison.OrdinalIgnoreCase).Replace(EncodedSlash, "/", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Splits what follows the collection into the name and a last segment that is one of those that are known.</summary>
    /// <param name="rest">What follows <c>/api/breakers/</c>: encoded slashes are parts of names, plain ones may be either.</param>
    /// <param name="known">The last segments that are no part of a name.</param>
    /// <returns>The name, decoded, and the segment; null: none of them ends the path.</returns>
    public static (string Name, string? Last) Split(string? rest, params ReadOnlySpan<string> known)
    {
        var path = (rest ?? string.Empty).TrimEnd('/');
        var slash = path.LastIndexOf('/');
        return slash > 0 && known.Contains(path[(slash + 1)..]) ? (Decode(path[..slash]), path[(slash + 1)..]) : (Decode(path), null);
    }

    /// <summary>What is wrong with a name; null: nothing.</summary>
    public static IResult? Fault(string? name) =>
        string.IsNullOrEmpty(name) ? ApiProblems.InvalidField("name", "is required: ?name=<component>")
        : ComponentName.IsValid(name) ? null
        : ApiProblems.InvalidField("name", ComponentName.Fault(name));

    /// <summary>Refuses a path with <c>.</c> or <c>..</c> as a segment: the server has resolved it, and what is left names another breaker.</summary>
    public static ValueTask<object?> RefuseDots(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var target = context.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        return HasDots(target)
            ? ValueTask.FromResult<object?>(ApiProblems.InvalidField(
                "name", "contains the segment '.' or '..', which servers and proxies remove; send the name in the query: /api/breaker?name=<component>"))
            : next(context);
    }

    internal static bool HasDots(string target)
    {
        var query = target.IndexOfAny(['?', '#']);
        return (query < 0 ? target : target[..query]).Split('/').Any(segment => Uri.UnescapeDataString(segment) is "." or "..");
    }
}
