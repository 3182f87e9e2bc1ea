using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Silo.Api;
using TaskerCore.Orleans.Silo.Api.Access;
using TaskerCore.Orleans.Silo.Lifecycle;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Silo.Tests.Api.Access;

/// <summary>The API over a cluster that only remembers what it was told, with callers from any address.</summary>
internal sealed class ApiRig : IAsyncDisposable
{
    private const string AddressHeader = "Test-Address";

    private readonly WebApplication _app;
    private readonly HttpClient _http;
    private readonly RememberingCluster _cluster;

    private ApiRig(WebApplication app, HttpClient http, RememberingCluster cluster, FakeTimeProvider time, LogLines log) =>
        (_app, _http, _cluster, Time, Log) = (app, http, cluster, time, log);

    public FakeTimeProvider Time { get; }

    /// <summary>All that was logged, from the finest on.</summary>
    public LogLines Log { get; }

    /// <summary>What the cluster does instead of answering; null: it answers.</summary>
    public Func<CancellationToken, Task>? Cluster
    {
        set => _cluster.Instead = value;
    }

    /// <summary>Why the silo does not serve; null: it does.</summary>
    public string? NotReady
    {
        set => _app.Services.GetRequiredService<Readiness>().Reason = value;
    }

    /// <summary>What the next command is answered with.</summary>
    public CommandAnswer? Answers
    {
        set => _cluster.Answer = value;
    }

    /// <summary>The commands that reached the cluster.</summary>
    public IReadOnlyList<OperatorCommand> Commands => _cluster.Commands;

    public static async Task<ApiRig> StartAsync(params (string Key, string? Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var (time, log, cluster) = (new FakeTimeProvider(), new LogLines(), new RememberingCluster());
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<IBreakerClusterQueries>(cluster);
        builder.Services.AddSingleton<IBreakerClusterCommands>(cluster);
        builder.Services.AddSingleton<IComponentLookUp>(cluster);
        builder.Services.AddSingleton<Readiness>().AddSingleton(cluster);
        builder.Services.AddProblemDetails(ApiProblems.Complete);
        builder.Services.AddExceptionHandler<ApiExceptionHandler>();
        builder.Services.AddSingleton<BreakerCommands>();
        builder.Services.AddApiAccess(ApiKeys.Read(
            new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build()));
        var app = builder.Build();
        app.Use((context, next) =>
        {
            if (context.Request.Headers[AddressHeader].ToString() is { Length: > 0 } address)
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            }

            return next(context);
        });
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapBreakers();
        app.Services.GetRequiredService<Readiness>().Reason = null;
        await app.StartAsync();
        return new ApiRig(app, new HttpClient { BaseAddress = new Uri(app.Urls.Single()) }, cluster, time, log);
    }

    /// <summary>Commands, or asks where there is no body.</summary>
    public async Task<Answer> SendAsync(
        string path, string? body = null, string? key = null, string from = "127.0.0.1", string scheme = "Bearer", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        request.Headers.Add(AddressHeader, from);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue(scheme, key);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await _http.SendAsync(request);
        return new Answer(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.WwwAuthenticate.ToString(),
            response.Headers.RetryAfter?.Delta);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    internal sealed record Answer(HttpStatusCode Status, string Text, string? Type, string WwwAuthenticate, TimeSpan? RetryAfter)
    {
        public string Detail => JsonNode.Parse(Text)!["detail"]!.GetValue<string>();
    }

    private sealed class RememberingCluster : IBreakerClusterQueries, IBreakerClusterCommands, IComponentLookUp
    {
        private readonly List<OperatorCommand> _commands = [];

        public IReadOnlyList<OperatorCommand> Commands => _commands;

        public Func<CancellationToken, Task>? Instead { get; set; }

        public CommandAnswer? Answer { get; set; }

        public async Task<CommandAnswer> CommandAsync(string component, OperatorCommand command, CancellationToken cancellationToken = default)
        {
            await (Instead?.Invoke(cancellationToken) ?? Task.CompletedTask);
            _commands.Add(command);
            return Answer ?? new CommandAnswer { Status = CommandStatus.Applied, Breaker = new BreakerDetails { Component = component }, Stored = true };
        }

        public async Task<IReadOnlyList<BreakerDetails>> ListAsync(BreakerFilter? filter = null, CancellationToken cancellationToken = default)
        {
            await (Instead?.Invoke(cancellationToken) ?? Task.CompletedTask);
            return [new BreakerDetails { Component = "pgmq" }];
        }

        public async Task<BreakerDetails?> GetAsync(string component, CancellationToken cancellationToken = default)
        {
            await (Instead?.Invoke(cancellationToken) ?? Task.CompletedTask);
            return new BreakerDetails { Component = component };
        }

        public async Task<IReadOnlyList<BreakerTransition>?> GetHistoryAsync(string component, CancellationToken cancellationToken = default)
        {
            await (Instead?.Invoke(cancellationToken) ?? Task.CompletedTask);
            return [];
        }

        public async Task<ClusterHealth> GetHealthAsync(CancellationToken cancellationToken = default) => ClusterHealth.Of(await ListAsync(null, cancellationToken));

        public Task<ComponentStanding> LookUpAsync(string component, CancellationToken cancellationToken) => Task.FromResult(new ComponentStanding());
    }
}
