using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TaskerCore.Orleans.Silo.Logging;

namespace TaskerCore.Orleans.Silo.Api.Access;

/// <summary>Knows a caller by <c>Authorization: Bearer &lt;key&gt;</c>, and says why one is refused. No key is ever told to anybody.</summary>
/// <remarks>The framework's own lines of a refusal are left out: ours has the address and the endpoint.</remarks>
internal sealed partial class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILogger<ApiKeyHandler> logger,
    UrlEncoder encoder,
    ApiKeys keys,
    FailureLimit failures,
    IProblemDetailsService problems) : AuthenticationHandler<AuthenticationSchemeOptions>(options, NullLoggerFactory.Instance, encoder)
{
    public const string SchemeName = "Bearer";

    private readonly ILogger _logger = logger;
    private TimeSpan? _retryAfter;
    private bool _isWrong;

    /// <summary>The policy of the endpoint; null: it is open.</summary>
    private string? Policy => Context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy;

    private bool IsWithoutKeys => Policy == ApiAccess.Command && !keys.HasOperators;

    /// <summary>What was asked for. Of the query the component's name alone: some callers put a key there.</summary>
    private string Target => OneLine.Of(Request.Path + (Request.Query["name"] is { Count: > 0 } name ? $" of {name}" : string.Empty));

    private IPAddress? Address => Context.Connection.RemoteIpAddress;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (IsWithoutKeys)
        {
            return keys.Loopback.Why is { } why
                ? RefuseAsync(
                    StatusCodes.Status403Forbidden,
                    "Commands need an operator key.",
                    $"No operator key is set on this silo, and {why}. Set Api:OperatorKeys:<name> and send that key as 'Authorization: Bearer <key>'. Api:CommandsFromLoopback=true accepts commands from loopback without a key.")
                : RefuseAsync(
                    StatusCodes.Status403Forbidden,
                    "Commands are accepted from the silo's own machine only.",
                    "No operator key is set on this silo. Set Api:OperatorKeys:<name> and send that key as 'Authorization: Bearer <key>', or call from the silo's own machine without a proxy.");
        }

        if (_retryAfter is { } wait)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return RefuseAsync(
                StatusCodes.Status429TooManyRequests,
                "This address sent too many wrong keys.",
                "No key from this address is checked until the time in Retry-After has passed.");
        }

        Response.Headers.WWWAuthenticate = SchemeName;
        return RefuseAsync(
            StatusCodes.Status401Unauthorized,
            _isWrong ? "Unknown key." : "A key is required.",
            Policy == ApiAccess.Command
                ? "Send one of this silo's operator keys (Api:OperatorKeys:<name>) as 'Authorization: Bearer <key>'."
                : "Send one of this silo's keys (Api:ReadKeys:<name> or Api:OperatorKeys:<name>) as 'Authorization: Bearer <key>'.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => RefuseAsync(
        StatusCodes.Status403Forbidden, "This key is for reading only.", "Commands need an operator key (Api:OperatorKeys:<name>).");

    private AuthenticateResult Authenticate()
    {
        if (Policy is null)
        {
            return AuthenticateResult.NoResult();
        }

        if (IsWithoutKeys)
        {
            return keys.Loopback.Accepted && LocalCaller.Is(Context) ? Known(ApiRoles.Local) : AuthenticateResult.NoResult();
        }

        _retryAfter = failures.RetryAfter(Address);
        if (_retryAfter is not null || Shown() is not { } key)
        {
            return AuthenticateResult.NoResult();
        }

        if (keys.Find(key) is { } caller)
        {
            return Known(caller.MayCommand ? ApiRoles.Operator : ApiRoles.Reader, caller.Name);
        }

        _isWrong = true;
        failures.Add(Address);
        return AuthenticateResult.Fail("Unknown key.");
    }

    private string? Shown() =>
        AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header) && string.Equals(header.Scheme, SchemeName, StringComparison.OrdinalIgnoreCase)
            ? header.Parameter
            : null;

    private static AuthenticateResult Known(string role, string? name = null)
    {
        var identity = new ClaimsIdentity(SchemeName);
        identity.AddClaim(new Claim(identity.RoleClaimType, role));
        if (name is not null)
        {
            identity.AddClaim(new Claim(identity.NameClaimType, name));
        }

        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    private async Task RefuseAsync(int status, string title, string detail)
    {
        LogRefused(OneLine.Of(Request.Method), Target, Address, status, title);
        Response.StatusCode = status;
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = Context,
            ProblemDetails = { Status = status, Title = title, Detail = detail },
        });
    }

    [LoggerMessage(EventIds.AccessRefused, LogLevel.Warning, "Refused {Method} {Target} from {Address} with {Status}: {Reason}")]
    private partial void LogRefused(string method, string target, IPAddress? address, int status, string reason);
}
