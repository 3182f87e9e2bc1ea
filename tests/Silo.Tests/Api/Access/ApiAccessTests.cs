using System.Net;
using TaskerCore.Orleans.Silo.Api.Access;

namespace TaskerCore.Orleans.Silo.Tests.Api.Access;

/// <summary>Who may command and who may ask, over HTTP.</summary>
public sealed class ApiAccessTests
{
    private const string Anna = "anna-0123456789ab";
    private const string Ben = "ben-0123456789abc";
    private const string Grafana = "grafana-0123456789";
    private const string Wrong = "wrong-0123456789ab";
    private const string Problem = "application/problem+json";
    private const string Away = "203.0.113.7";
    private const string Body = """{"reason":"drill","actor":"ops"}""";
    private static readonly string[] Commands = ["force-open", "force-closed", "release", "reset"];
    private static readonly string[] Questions = ["/api/breakers", "/api/breakers/pgmq", "/api/breakers/pgmq/history"];

    private static readonly (string, string?)[] TwoOperators = [("Api:OperatorKeys:anna", Anna), ("Api:OperatorKeys:ben", Ben)];

    public static TheoryData<string> AllCommands => [.. Commands];

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task S10_the_name_of_the_key_is_the_actor_whatever_the_body_says(string command)
    {
        await using var api = await ApiRig.StartAsync(TwoOperators);

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync($"/api/breakers/pgmq/{command}", """{"reason":"drill"}""", Anna, Away)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync($"/api/breakers/pgmq/{command}", """{"reason":"drill","actor":"anna"}""", Ben, Away)).Status);

        Assert.Equal(["anna", "ben"], api.Commands.Select(given => given.Actor));
        Assert.Single(api.Log.With($"Information TaskerCore.Orleans.Silo.Api.BreakerCommands: Command {command} on pgmq: in effect and stored. Actor anna, key anna, from {Away}"));
        Assert.Single(api.Log.With($"Command {command} on pgmq: in effect and stored. Actor ben, key ben, from {Away}"));
    }

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task Without_a_right_key_a_command_is_refused_from_this_machine_too(string command)
    {
        await using var api = await ApiRig.StartAsync(TwoOperators);
        foreach (var from in new[] { "127.0.0.1", Away })
        {
            foreach (var (key, scheme) in new[] { (null, "Bearer"), (Wrong, "Bearer"), (Anna[..^1], "Bearer"), (Anna + "0", "Bearer"), (Anna, "Basic") })
            {
                var answer = await api.SendAsync($"/api/breakers/pgmq/{command}", Body, key, from, scheme);

                Assert.Equal((HttpStatusCode.Unauthorized, Problem, "Bearer"), (answer.Status, answer.Type, answer.WwwAuthenticate));
                Assert.Contains("Api:OperatorKeys:<name>", answer.Detail, StringComparison.Ordinal);
                Assert.Contains(key is null || scheme == "Basic" ? "A key is required." : "Unknown key.", answer.Text, StringComparison.Ordinal);
                NothingTold(api, answer);
            }

            Assert.Equal(5, api.Log.With($"Warning TaskerCore.Orleans.Silo.Api.Access.ApiKeyHandler: Refused POST /api/breakers/pgmq/{command} from {from} with 401").Count);
        }

        Assert.Empty(api.Commands);
    }

    [Fact]
    public async Task A_key_for_reading_commands_nothing()
    {
        await using var api = await ApiRig.StartAsync([.. TwoOperators, ("Api:ReadKeys:grafana", Grafana)]);

        var answer = await api.SendAsync("/api/breakers/pgmq/reset", Body, Grafana, Away);

        Assert.Equal((HttpStatusCode.Forbidden, Problem), (answer.Status, answer.Type));
        Assert.Contains("Api:OperatorKeys:<name>", answer.Detail, StringComparison.Ordinal);
        Assert.Single(api.Log.With($"from {Away} with 403"));
        NothingTold(api, answer);
        Assert.Empty(api.Commands);
    }

    [Fact]
    public async Task Without_operator_keys_commands_are_taken_from_this_machine_alone_and_the_body_names_the_actor()
    {
        await using var api = await ApiRig.StartAsync(("Api:ReadKeys:grafana", Grafana));
        foreach (var from in new[] { "127.0.0.1", "127.8.7.6", "::1", "::ffff:127.0.0.1" })
        {
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/breakers/pgmq/reset", Body, from: from)).Status);
        }

        Assert.All(api.Commands, command => Assert.Equal("ops", command.Actor));
        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync("/api/breakers/pgmq/reset", """{"reason":"drill"}""")).Status);
        var taken = api.Commands.Count;
        foreach (var from in new[] { Away, "10.0.0.1", "::ffff:10.0.0.1", "2001:db8::1" })
        {
            foreach (var key in new[] { null, Wrong, Grafana })
            {
                var answer = await api.SendAsync("/api/breakers/pgmq/reset", Body, key, from);

                Assert.Equal((HttpStatusCode.Forbidden, Problem), (answer.Status, answer.Type));
                Assert.Contains("Set Api:OperatorKeys:<name>", answer.Detail, StringComparison.Ordinal);
            }

            Assert.NotEmpty(api.Log.With("Refused POST /api/breakers/pgmq/reset from " + from + " with 403"));
        }

        Assert.Equal(taken, api.Commands.Count);
    }

    [Theory]
    [InlineData("KUBERNETES_SERVICE_HOST", "10.96.0.1")]
    [InlineData("DOTNET_RUNNING_IN_CONTAINER", "true")]
    [InlineData("Api:CommandsFromLoopback", "false")]
    public async Task In_a_container_a_caller_on_loopback_commands_nothing_without_an_operator_key(string setting, string value)
    {
        await using var api = await ApiRig.StartAsync((setting, value), ("Api:ReadKeys:grafana", Grafana));
        foreach (var (from, key) in new[] { ("127.0.0.1", null), ("::1", null), ("127.0.0.1", Grafana), (Away, null) })
        {
            foreach (var command in Commands)
            {
                var answer = await api.SendAsync($"/api/breakers/pgmq/{command}", Body, key, from);

                Assert.Equal((HttpStatusCode.Forbidden, Problem), (answer.Status, answer.Type));
                Assert.Contains(setting, answer.Detail, StringComparison.Ordinal);
                Assert.Contains("Set Api:OperatorKeys:<name>", answer.Detail, StringComparison.Ordinal);
                Assert.Contains("Api:CommandsFromLoopback=true", answer.Detail, StringComparison.Ordinal);
            }
        }

        Assert.Empty(api.Commands);
        foreach (var question in Questions)
        {
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(question)).Status);
        }
    }

    [Fact]
    public async Task In_a_container_an_operator_key_commands_from_loopback_as_from_anywhere()
    {
        await using var api = await ApiRig.StartAsync([.. TwoOperators, ("KUBERNETES_SERVICE_HOST", "10.96.0.1")]);

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/breakers/pgmq/reset", """{"reason":"drill"}""", Anna)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync("/api/breakers/pgmq/reset", Body)).Status);
    }

    [Fact]
    public async Task In_a_container_loopback_is_believed_where_the_setting_says_so()
    {
        await using var api = await ApiRig.StartAsync(("DOTNET_RUNNING_IN_CONTAINER", "true"), ("Api:CommandsFromLoopback", "true"));

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/breakers/pgmq/reset", Body)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.SendAsync("/api/breakers/pgmq/reset", Body, from: Away)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.SendAsync("/api/breakers/pgmq/reset", Body, headers: ("X-Forwarded-For", "127.0.0.1"))).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-For", Away)]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("x-forwarded-client-cert", "By=spiffe://cluster.local")]
    [InlineData("X-Original-For", "127.0.0.1")]
    [InlineData("X-Envoy-Attempt-Count", "1")]
    [InlineData("l5d-client-id", "worker")]
    [InlineData("True-Client-IP", "127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task What_a_proxy_or_a_strangers_page_sends_from_this_machine_is_not_of_this_machine(string header, string value)
    {
        await using var api = await ApiRig.StartAsync();

        Assert.Equal(HttpStatusCode.Forbidden, (await api.SendAsync("/api/breakers/pgmq/reset", Body, headers: (header, value))).Status);
        Assert.Empty(api.Commands);
    }

    [Fact]
    public async Task A_page_of_this_machine_is_of_this_machine()
    {
        await using var api = await ApiRig.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/breakers/pgmq/reset", Body, headers: ("Origin", "http://localhost:8080"))).Status);
    }

    [Fact]
    public async Task Questions_are_open_unless_they_need_a_key()
    {
        await using var api = await ApiRig.StartAsync([.. TwoOperators, ("Api:ReadKeys:grafana", Grafana)]);
        foreach (var question in Questions)
        {
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(question, from: Away)).Status);
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(question, key: Wrong, from: Away)).Status);
        }
    }

    [Fact]
    public async Task Questions_that_need_a_key_are_answered_to_readers_and_operators_alone()
    {
        await using var api = await ApiRig.StartAsync([.. TwoOperators, ("Api:ReadKeys:grafana", Grafana), ("Api:ReadsNeedKey", "true")]);
        foreach (var question in Questions)
        {
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(question, key: Grafana, from: Away)).Status);
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(question, key: Anna, from: Away)).Status);
            foreach (var key in new[] { null, Wrong })
            {
                var answer = await api.SendAsync(question, key: key);

                Assert.Equal((HttpStatusCode.Unauthorized, Problem, "Bearer"), (answer.Status, answer.Type, answer.WwwAuthenticate));
                Assert.Contains("Api:ReadKeys:<name>", answer.Detail, StringComparison.Ordinal);
                NothingTold(api, answer);
            }
        }
    }

    [Fact]
    public async Task Questions_need_a_key_from_this_machine_too_though_commands_from_it_need_none()
    {
        await using var api = await ApiRig.StartAsync(("Api:ReadKeys:grafana", Grafana), ("Api:ReadsNeedKey", "true"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync("/api/breakers")).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/breakers/pgmq/reset", Body)).Status);
    }

    [Fact]
    public async Task An_address_that_goes_on_guessing_has_to_wait_with_a_right_key_too_and_no_other_address_has()
    {
        await using var api = await ApiRig.StartAsync(TwoOperators);
        for (var guess = 0; guess < FailureLimit.Most; guess++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync("/api/breakers/pgmq/reset", Body, Wrong, Away)).Status);
        }

        api.Time.Advance(TimeSpan.FromSeconds(10.5));
        foreach (var key in new[] { Wrong, Anna, null })
        {
            var answer = await api.SendAsync("/api/breakers/pgmq/reset", Body, key, Away);

            Assert.Equal((HttpStatusCode.TooManyRequests, Problem, TimeSpan.FromSeconds(50)), (answer.Status, answer.Type, answer.RetryAfter));
            NothingTold(api, answer);
        }

        Assert.Equal(3, api.Log.With($"from {Away} with 429").Count);
        Assert.Empty(api.Commands);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/breakers/pgmq/reset", Body, Anna, "203.0.113.8")).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/breakers", from: Away)).Status);

        api.Time.Advance(TimeSpan.FromSeconds(49.5));
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/breakers/pgmq/reset", Body, Anna, Away)).Status);
    }

    [Fact]
    public async Task Right_keys_and_missing_ones_are_no_guesses()
    {
        await using var api = await ApiRig.StartAsync(TwoOperators);
        for (var call = 0; call < FailureLimit.Most; call++)
        {
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/breakers/pgmq/reset", Body, Anna, Away)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync("/api/breakers/pgmq/reset", Body, from: Away)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/breakers/pgmq/reset", Body, Anna, Away)).Status);
    }

    /// <summary>No key, right or wrong, is in the answer or in any line of the log, the finest included.</summary>
    private static void NothingTold(ApiRig api, ApiRig.Answer answer)
    {
        foreach (var key in new[] { Anna, Ben, Grafana, Wrong, Anna[..^1] })
        {
            Assert.DoesNotContain(key, answer.Text, StringComparison.Ordinal);
            Assert.Empty(api.Log.With(key));
        }
    }
}
