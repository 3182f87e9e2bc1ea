using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Completion;

/// <summary>What the directive <c>[suggest:POSITION]</c> prints: the words that may stand at the position of the line that follows, one a
/// line. The library's own action offers what merely contains the word too, and options before they are asked for.</summary>
internal sealed class SuggestAction(SuggestDirective directive) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var line = parseResult.Tokens.LastOrDefault(token => token.Type != TokenType.Directive)?.Value ?? string.Empty;
        if (parseResult.GetResult(directive) is { Values: [var given, ..] } && int.TryParse(given, out var position))
        {
            line = line[..Math.Clamp(position, 0, line.Length)];
        }

        // The library takes --output=j for one word.
        var begin = line.LastIndexOfAny([' ', '\t']) + 1;
        if (line.AsSpan(begin).StartsWith("--") && line.IndexOf('=', begin) is >= 0 and var equals)
        {
            (line, begin) = ($"{line[..equals]} {line[(equals + 1)..]}", equals + 1);
        }

        var word = line[begin..];
        line = ServersFirst(line[..begin]) + word;
        var candidates = parseResult.RootCommandResult.Command.Parse(line, parseResult.Configuration).GetCompletions(line.Length)
            .Select(item => item.InsertText ?? item.Label)
            .Where(candidate => candidate.StartsWith(word, StringComparison.Ordinal) && (word.StartsWith('-') || !candidate.StartsWith('-')))
            .Distinct(StringComparer.Ordinal);
        foreach (var candidate in candidates)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(candidate);
        }

        return ExitCode.Ok;
    }

    /// <summary>The servers before all else: of an option that may be given again the library offers nothing but its values from then on.</summary>
    private static string ServersFirst(string words)
    {
        var (servers, others) = (new List<string>(), new List<string>());
        var each = words.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < each.Length; index++)
        {
            if (each[index] is "--server" or "-s" && index + 1 < each.Length)
            {
                servers.AddRange([each[index], each[++index]]);
            }
            else
            {
                (each[index].StartsWith("--server=", StringComparison.Ordinal) ? servers : others).Add(each[index]);
            }
        }

        return servers.Count == 0 ? words : string.Concat(servers.Concat(others).Select(part => part + ' '));
    }
}
