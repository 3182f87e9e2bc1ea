using System.Text.Json;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Configuration;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Silo.Api;
using TaskerCore.Orleans.Silo.Api.Access;
using TaskerCore.Orleans.Silo.Lifecycle;
using TaskerCore.Orleans.Silo.Postgres;
using TaskerCore.Orleans.Silo.Settings;
using TaskerCore.Orleans.Silo.Telemetry;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>Puts the silo's process together.</summary>
internal static partial class SiloHost
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>How long a silo may take to hand on its breakers and to leave the cluster; who stops it must wait longer.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    /// <summary>The web application: the HTTP API now, the silo once it runs.</summary>
    /// <exception cref="ConfigurationFaultsException">The breakers' configuration has faults.</exception>
    /// <exception cref="InvalidOperationException">A setting of the silo is not valid, or a file of TLS is no good.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = CreateBuilder(args);

        // Who a request comes from is what the connection says, and no header: not even where ASP.NET Core is told by a variable to trust them all.
        builder.Configuration["ForwardedHeaders_Enabled"] = "false";
        var settings = builder.Configuration.GetSection("Silo").Get<SiloSettings>() ?? new SiloSettings();
        var loader = new ConfigurationLoader(
            builder.Configuration[SettingKeys.ConfigPath] is { Length: > 0 } path
                ? path
                : Path.Combine(AppContext.BaseDirectory, "config", "circuit_breakers.yaml"),
            Environment.GetEnvironmentVariables(),
            new RegularFileReader());
        var endpoints = settings.Resolve();
        var loaded = loader.Load();
        var services = builder.Services;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton(endpoints);
        if (settings.Tls is { IsSet: true } tls)
        {
            services.AddSingleton(provider => new TlsFiles(
                tls, "Silo:Tls:", isSilo: true, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TlsFiles>>()));
        }

        services.AddSingleton(loader);
        services.AddSingleton(new LatestConfiguration(loaded));
        services.AddSingleton(new LocalConfiguration(SiloConfigurations.Own(loaded)));
        services.AddSingleton<SiloConnection>();
        services.AddSingleton<IClusterConnection>(provider => provider.GetRequiredService<SiloConnection>());
        services.AddSingleton<Readiness>();
        services.AddSingleton<SiloHealth>();
        services.AddSingleton<ClusterBreakers>();
        services.AddSingleton<IBreakerClusterQueries>(provider => provider.GetRequiredService<ClusterBreakers>());
        services.AddSingleton<IBreakerClusterCommands>(provider => provider.GetRequiredService<ClusterBreakers>());
        services.AddSingleton<IComponentLookUp>(provider => provider.GetRequiredService<ClusterBreakers>());
        services.AddHostedService<SiloRunner>();
        services.AddApiAccess(ApiKeys.Read(builder.Configuration));
        services.AddSingleton<BreakerCommands>();
        services.AddTelemetry(builder.Configuration, endpoints, loaded.Configuration.Global.MaxCircuitBreakers);
        services.AddProblemDetails(ApiProblems.Complete);
        services.AddExceptionHandler<ApiExceptionHandler>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        if (builder.Configuration[SettingKeys.Postgres] is { Length: > 0 } connectionString)
        {
            services.AddSingleton(provider => PostgresOptions.Open(connectionString, provider.GetRequiredService<ILoggerFactory>()));
            services.AddSingleton<PostgresWatch>();
            services.AddHostedService(provider => provider.GetRequiredService<PostgresWatch>());
        }

        var app = builder.Build();

        WarnOfEnvironment(app, loader);

        // Files that are no good stop the silo here.
        _ = app.Services.GetService<TlsFiles>()?.Current;
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapIndex();
        app.MapHealth();
        app.MapBreakers();
        app.MapMetrics();
        app.MapConfiguration();
        return app;
    }

    /// <summary>The process has an environment by more variables and arguments than the breakers' settings have: it is said where the two differ.</summary>
    private static void WarnOfEnvironment(WebApplication app, ConfigurationLoader loader)
    {
        if (!BreakersEnvironment.IsOurs(Environment.GetEnvironmentVariables()) && !BreakersEnvironment.AreEqual(app.Environment.EnvironmentName, loader.EnvironmentName))
        {
            LogOtherEnvironment(app.Logger, app.Environment.EnvironmentName, loader.EnvironmentName, BreakersEnvironment.Variable);
        }
    }

    /// <summary>Where the HTTP API listens, as the setting <c>Urls</c> has it: one or more addresses, with <c>;</c> between them.</summary>
    public static string Urls(string[] args) => CreateBuilder(args).Configuration[SettingKeys.Urls]!;

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddSecrets();
        if (builder.Configuration[SettingKeys.Urls] is null)
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        return builder;
    }

    [LoggerMessage(EventIds.HostOtherEnvironment, LogLevel.Warning,
        "The process runs in the environment {Process}, but the breakers' settings are for the environment {Breakers}. Set {Variable} to the intended environment")]
    private static partial void LogOtherEnvironment(ILogger logger, string process, string breakers, string variable);
}
