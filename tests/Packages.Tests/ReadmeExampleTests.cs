using System.Net;
using System.Text.RegularExpressions;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Packages.Tests;

/// <summary>The README's first example, in a new project in an empty folder, with the packed client and a silo.</summary>
public sealed partial class ReadmeExampleTests(PackageFeed feed)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_builds_runs_and_is_protected()
    {
        using var folder = new EmptyFolder();
        await using var silo = SiloProcess.Start("readme-silo", postgres: null);
        await using var billing = new Billing();
        var program = Example()
            .Replace("silo-1:30000", $"127.0.0.1:{silo.GatewayPort}", StringComparison.Ordinal)
            .Replace("https://billing/next", billing.Next.ToString(), StringComparison.Ordinal);
        folder.WriteProject(
            feed,
            "Worker",
            program,
            ("Microsoft.Extensions.Hosting", PackageFeed.VersionOf("Microsoft.Extensions.Hosting")),
            ("TaskerCore.Orleans.Client", PackageFeed.Version));
        await Dotnet.RunAsync(folder.Path, "build", "-c", "Release", "-o", "out", "-v", "quiet", "-nologo");
        Assert.True(Directory.Exists(Path.Combine(folder.Path, "packages", "taskercore.orleans.client", PackageFeed.Version)), "The client is not the packed one.");
        await silo.ReadyAsync();

        await using var worker = ManagedProcess.StartDotnet("readme-worker", Path.Combine(folder.Path, "out", "Worker.dll"), []);
        await billing.Answered(10).WaitAsync(Limit);
        await silo.UntilAsync(async () => await silo.StateAsync("billing") == "closed", "told of the breaker by the worker", Limit);

        billing.Works = false;
        await silo.UntilAsync(async () => await silo.StateAsync("billing") == "open", "open", Limit);

        // The worker waits, and asks for nothing until an operator has it ask again.
        await silo.PostAsync("/api/breakers/billing/force-open", """{"reason": "drill", "actor": "test"}""");
        await silo.UntilAsync(async () => await silo.StateAsync("billing") == "forced_open", "forced open", Limit);
        var failures = billing.Failures;
        Assert.True(failures >= 5, $"open after {failures} failures");
        billing.Works = true;
        await silo.PostAsync("/api/breakers/billing/force-closed", """{"reason": "drill", "actor": "test"}""");
        await billing.Answered(10).WaitAsync(Limit);
        Assert.Equal(failures, billing.Failures);
        Assert.False(worker.HasExited, worker.Recent);
    }

    private static string Example() => FirstExample().Match(File.ReadAllText(Repository.Path("README.md"))).Groups["code"].Value;

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex FirstExample();

    /// <summary>What the example calls: a server that answers 200, or 500.</summary>
    private sealed class Billing : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _serving;
        private volatile TaskCompletionSource _answered = new();
        private int _left;
        private int _failures;
        private volatile bool _works = true;

        public Billing()
        {
            Next = new Uri($"http://127.0.0.1:{FreePort.Next()}/next");
            _listener.Prefixes.Add(new Uri(Next, "/").ToString());
            _listener.Start();
            _serving = ServeAsync();
        }

        public Uri Next { get; }

        public bool Works
        {
            set => _works = value;
        }

        /// <summary>Calls that got a 500.</summary>
        public int Failures => Volatile.Read(ref _failures);

        /// <summary>Completes with so many more calls that got a 200.</summary>
        public Task Answered(int calls)
        {
            _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _left, calls);
            return _answered.Task;
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Close();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    Answer((await _listener.GetContextAsync()).Response);
                }
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException && !_listener.IsListening)
            {
                // Disposed: no more is to come.
            }
        }

        private void Answer(HttpListenerResponse response)
        {
            var works = _works;
            if (!works)
            {
                Interlocked.Increment(ref _failures);
            }

            response.StatusCode = works ? 200 : 500;
            try
            {
                response.Close();
            }
            catch (HttpListenerException)
            {
                // The worker was ended while it waited for this.
                return;
            }

            if (works && Interlocked.Decrement(ref _left) == 0)
            {
                _answered.TrySetResult();
            }
        }
    }
}
