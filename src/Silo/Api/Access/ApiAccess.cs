using Microsoft.AspNetCore.Authentication;

namespace TaskerCore.Orleans.Silo.Api.Access;

/// <summary>Who may do what over HTTP.</summary>
internal static class ApiAccess
{
    /// <summary>The policy of commands: an operator's key; where none is set, a caller on this machine, unless it is a container.</summary>
    public const string Command = "command";

    /// <summary>The policy of questions where they need a key: an operator's, or one for reading.</summary>
    public const string Read = "read";

    /// <summary>Adds authentication by the keys, and the policies.</summary>
    public static void AddApiAccess(this IServiceCollection services, ApiKeys keys)
    {
        services.AddSingleton(keys);
        services.AddSingleton<FailureLimit>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Command, policy => policy.AddAuthenticationSchemes(ApiKeyHandler.SchemeName).RequireRole(ApiRoles.Operator, ApiRoles.Local))
            .AddPolicy(Read, policy => policy.AddAuthenticationSchemes(ApiKeyHandler.SchemeName).RequireRole(ApiRoles.Operator, ApiRoles.Reader));
    }

    /// <summary>Has the endpoint ask for a key where questions need one.</summary>
    public static TBuilder RequireRead<TBuilder>(this TBuilder endpoints, ApiKeys keys)
        where TBuilder : IEndpointConventionBuilder => keys.ReadsNeedKey ? endpoints.RequireAuthorization(Read) : endpoints;
}

/// <summary>What a caller is.</summary>
internal static class ApiRoles
{
    /// <summary>Has an operator's key.</summary>
    public const string Operator = "operator";

    /// <summary>Has a key for reading.</summary>
    public const string Reader = "reader";

    /// <summary>Is on this machine, where no operator's key is set.</summary>
    public const string Local = "local";
}
