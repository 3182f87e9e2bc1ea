using System.CommandLine;
using System.CommandLine.Completions;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>The argument that names a component; its completions come from the server.</summary>
internal static class ComponentArgument
{
    /// <summary>Who presses a key does not wait longer, unless the line says so.</summary>
    private static readonly TimeSpan CompletionLimit = TimeSpan.FromSeconds(1);

    public static Argument<string> Make(CommandScope scope)
    {
        var argument = new Argument<string>("NAME") { Description = "The component", HelpName = "NAME" };
        argument.CompletionSources.Add(context => Complete(scope, context, argument));
        return argument;
    }

    private static IEnumerable<CompletionItem> Complete(CommandScope scope, CompletionContext context, Argument<string> argument)
    {
        if (context.WordToComplete.StartsWith('-') || (context.WordToComplete.Length == 0 && context.ParseResult.GetResult(argument) is { Tokens.Count: > 0 }))
        {
            return [];
        }

        try
        {
            var parsed = context.ParseResult;
            using var api = parsed.GetResult(scope.Options.Timeout) is { Implicit: false } ? scope.OpenApi(parsed) : scope.OpenApi(parsed, CompletionLimit);

            // The library asks without waiting, and there is no context here that this could hold up.
            var list = Task.Run(() => api.ListAsync(state: null, CancellationToken.None)).GetAwaiter().GetResult();
            return [.. list.Value.Breakers.Select(breaker => breaker.Name).Where(ComponentName.IsValid).Select(name => new CompletionItem(name))];
        }
        catch (CliFault)
        {
            // Whoever is still typing wants no message; the command itself will tell.
            return [];
        }
    }
}
