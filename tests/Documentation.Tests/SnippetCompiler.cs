using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Documentation.Tests;

/// <summary>Compiles an example as a program of its own, as a reader would paste it.</summary>
internal static class SnippetCompiler
{
    /// <summary>What a program of a worker has at its top, and what an example may speak of without declaring it.</summary>
    private const string Given = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Diagnostics.HealthChecks;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Http.Resilience;
        global using Microsoft.Extensions.Logging;
        global using Npgsql;
        global using OpenTelemetry.Metrics;
        global using OpenTelemetry.Trace;
        global using Orleans.Hosting;
        global using Polly;
        global using Polly.CircuitBreaker;
        global using Polly.Fallback;
        global using Polly.Hedging;
        global using Polly.Registry;
        global using Polly.Retry;
        global using TaskerCore.Orleans.Client;
        global using TaskerCore.Orleans.Client.Http;
        global using TaskerCore.Orleans.Client.Pgmq;
        global using TaskerCore.Orleans.Client.Polly;
        global using TaskerCore.Orleans.Grains;
        global using TaskerCore.Orleans;
        global using TaskerCore.Orleans.Tls;
        global using static Given;

        public sealed record Order(int Id);

        public static class Given
        {
            public static HostApplicationBuilder builder => null!;
            public static IServiceCollection services => null!;
            public static Microsoft.Extensions.Configuration.IConfiguration configuration => null!;
            public static CircuitBreakerClientOptions o => null!;
            public static ICircuitBreakerManager breakers => null!;
            public static ICircuitBreaker breaker => null!;
            public static IProtectedPgmqClient pgmq => null!;
            public static ResiliencePipelineProvider<string> pipelines => null!;
            public static ResiliencePipeline<string> pipeline => null!;
            public static ResilienceContext context => null!;
            public static HttpClient http => null!;
            public static CancellationToken cancellationToken => default;
            public static Order order => null!;
            public static ValueTask SendAsync(Order order, CancellationToken cancellationToken) => default;
            public static ValueTask<Outcome<string>> TrySendAsync(ResilienceContext context, Order order) => default;
            public static void Later(Order order, TimeSpan? wait) { }
        }
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    private static readonly IReadOnlyList<MetadataReference> References =
    [
        .. RuntimeAssemblies.Paths.Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>What a compiler has against it; empty: it compiles.</summary>
    public static IReadOnlyList<string> Faults(string snippet)
    {
        var program = CSharpSyntaxTree.ParseText(snippet, Parsing, "Program.cs");
        var kind = ((CompilationUnitSyntax)program.GetRoot()).Members.OfType<GlobalStatementSyntax>().Any()
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;
        var compilation = CSharpCompilation.Create(
            "Snippet", [program, CSharpSyntaxTree.ParseText(Given, Parsing, "Given.cs")], References, new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
        return [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.ToString())];
    }
}
