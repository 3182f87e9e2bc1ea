using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S17: whatever is in a file, it is a configuration within the ranges, or its faults are told, each with its place.</summary>
public sealed partial class ConfigurationLoaderFuzzTests : IDisposable
{
    private const int MostMessage = 2_000_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private static readonly byte[][] Shipped =
    [
        .. new[] { "", ".development", ".test", ".production" }.Select(overlay => File.ReadAllBytes(Repository.Path("config", $"circuit_breakers{overlay}.yaml"))),
        .. new[]
        {
            "circuit_breakers: { default_config: { slow_call_rate_threshold: 0.5, slow_call_duration_ms: 100, failure_rate_threshold: 1 } }",
            "circuit_breakers:\n  component_configs:\n    ? pgmq/orders\n    : { failure_threshold: 1e1, window_seconds: 3600, minimum_calls: 1 }\n    \"a.b\": {}\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>What YAML has that a configuration has no use for, and what breaks parsers.</summary>
    private static readonly string[] Bits =
    [
        "&a ", "*a", "<<: *a\n", "!!str ", "!!binary ", "!<tag:yaml.org,2002:int> ", "%YAML 99999999999.1\n---\n", "%TAG ! tag:x,2000:\n", "---\n", "...\n", "|\n  ", ">-\n  ",
        "|99999999999\n", "? ", ": ", "- ", "[", "]", "{", "}", ",", "#", "\t", "\r\n", "\r", "\n\n", "\0", "\u0085", "\u2028", "\ufeff", "'", "\"", "\"\\x", "\"\\U00110000\"", "\"\\uD800\"",
        ".nan", ".inf", "-.inf", "0x1F", "0o17", "017", "1_000", "1e400", "-0", "+5", "1.", ".5", "5e-324", "99999999999999999999", "NaN", "Infinity", "~", "null", "yes", "TRUE", "２",
        "circuit_breakers:\n", "default_config:\n", "component_configs:\n", "global_settings:\n", "timeout_seconds: 0.0100000001\n", "  failure_threshold: 3\n", "@", "`", "\u00e9", "\U0001f600",
    ];

    private readonly ConfigurationFiles _files = new();

    [Fact]
    public void S17_a_mutated_file_is_a_configuration_within_the_ranges_or_its_faults() =>
        Gen.Select(Gen.Int[0, Shipped.Length - 1], Gen.ULong.Array[1, 12]).ForAll(2000, draw => Check(Mutate(Shipped[draw.Item1], draw.Item2)), shrinks: 500);

    [Fact]
    public void S17_any_bytes_are_a_configuration_within_the_ranges_or_its_faults() =>
        Gen.Byte.Array[0, 200].ForAll(500, content => Check(content), shrinks: 500);

    [Fact]
    public void S17_any_heap_of_yamls_own_signs_is_a_configuration_within_the_ranges_or_its_faults() =>
        Gen.Int[0, Bits.Length - 1].Array[1, 40].ForAll(1500, bits => Check(Encoding.UTF8.GetBytes(string.Concat(bits.Select(bit => Bits[bit])))), shrinks: 500);

    [Theory]
    [MemberData(nameof(Monsters))]
    public void S17_a_monster_is_refused_in_bounded_time_and_memory(string name, Func<string> make)
    {
        Assert.NotEmpty(name);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(Check(Encoding.UTF8.GetBytes(make())), "a monster was taken for a configuration");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000_000);
    }

    public static TheoryData<string, Func<string>> Monsters() => new()
    {
        { "10 MB", () => "circuit_breakers: {}\n#" + new string('x', 10_000_000) },
        { "deep flow", () => new string('[', 500_000) },
        { "deep maps", () => string.Concat(Enumerable.Repeat("{a: ", 200_000)) },
        { "deep blocks", () => string.Join("\n", Enumerable.Range(0, 1000).Select(depth => new string(' ', depth) + "a:")) },
        { "billion laughs", () => "a: &a [x]\n" + string.Concat(Enumerable.Range(0, 200).Select(level => $"b{level}: &b{level} [{string.Join(",", Enumerable.Repeat(level == 0 ? "*a" : $"*b{level - 1}", 10))}]\n")) },
        { "a huge scalar", () => "circuit_breakers: { enabled: " + new string('1', 1_000_000) + " }" },
        { "a huge key", () => "? " + new string('k', 1_000_000) + "\n: 1" },
        { "a huge name over many keys", () => "circuit_breakers:\n  component_configs:\n    ? " + new string('n', 400_000) + "\n    :\n" + string.Concat(Enumerable.Range(0, 40_000).Select(key => $"      k{key}: 1\n")) },
        { "many unknown keys", () => "circuit_breakers:\n  default_config:\n" + string.Concat(Enumerable.Range(0, 80_000).Select(key => $"    k{key}: 1\n")) },
        { "many keys given twice", () => "circuit_breakers:\n  default_config:\n" + string.Concat(Enumerable.Repeat("    x: 1\n", 100_000)) },
        { "many components with a fault each", () => "circuit_breakers:\n  component_configs:\n" + string.Concat(Enumerable.Range(0, 60_000).Select(key => $"    c{key}: 1\n")) },
        { "many bad names", () => "circuit_breakers:\n  component_configs:\n" + string.Concat(Enumerable.Range(0, 60_000).Select(key => $"    'c {key}': \n")) },
        { "many documents", () => string.Concat(Enumerable.Repeat("---\n", 200_000)) },
        { "many anchors", () => string.Concat(Enumerable.Range(0, 50_000).Select(anchor => $"- &a{anchor} x\n")) },
        { "many quotes", () => new string('"', 900_001) },
        { "many question marks", () => string.Concat(Enumerable.Repeat("? ", 400_000)) },
        { "an endless line of colons", () => string.Concat(Enumerable.Repeat("a: ", 300_000)) },
    };

    [Fact]
    public void S17_of_more_faults_than_anybody_reads_a_thousand_are_told_and_that_there_are_more()
    {
        var faults = _files.Write("circuit_breakers:\n  default_config:\n" + string.Concat(Enumerable.Range(0, 5000).Select(key => $"    k{key}: 1\n"))).Faults();

        Assert.Equal(1001, faults.Count);
        Assert.Contains("more than 1000 faults", faults[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void S17_a_long_component_name_is_told_in_full()
    {
        var name = new string('n', ComponentName.MaxLength);

        Assert.Contains($"component_configs.{name}.x:", Assert.Single(_files.Write($"circuit_breakers: {{ component_configs: {{ {name}: {{ x: 1 }} }} }}").Faults()), StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    /// <summary>Whether the bytes are a configuration.</summary>
    private bool Check(byte[] content)
    {
        File.WriteAllBytes(_files.Path, content);
        var watch = Stopwatch.StartNew();
        try
        {
            Assert.True(ConfigurationRanges.Hold(_files.Loader.Load().Configuration), "a setting is out of its range");
            return true;
        }
        catch (ConfigurationFaultsException exception)
        {
            Assert.NotEmpty(exception.Faults);
            Assert.InRange(exception.Message.Length, 1, MostMessage);
            Assert.All(exception.Faults, fault =>
            {
                Assert.Matches(IsOfWholeFile(fault.Message) ? WholeFile() : Place(), fault.Source);
                Assert.NotEmpty(fault.Message);
            });
            return false;
        }
        finally
        {
            Assert.True(watch.Elapsed < Longest, $"it took {watch.Elapsed}");
        }
    }

    private static bool IsOfWholeFile(string message) =>
        message.StartsWith("the file has", StringComparison.Ordinal) || message.StartsWith("the file is larger", StringComparison.Ordinal);

    private static byte[] Mutate(byte[] original, ulong[] draws)
    {
        List<byte> content = [.. original];
        foreach (var draw in draws)
        {
            var random = new PCG((uint)draw, draw);
            int Below(int most) => (int)random.Next((uint)Math.Max(1, most));
            var at = Below(content.Count);
            var lines = content.Count == 0 ? [0] : content.Index().Where(each => each.Item == '\n').Select(each => each.Index + 1).Prepend(0).ToList();
            var from = lines[Below(lines.Count)];
            var to = lines.FirstOrDefault(line => line > from, content.Count);
            switch (Below(9))
            {
                case 0 when content.Count > 0:
                    content[at] ^= (byte)(1 << Below(8));
                    break;
                case 1 when content.Count > 0:
                    content[at] = (byte)Below(256);
                    break;
                case 2 or 3:
                    content.InsertRange(at, Encoding.UTF8.GetBytes(Bits[Below(Bits.Length)]));
                    break;
                case 4:
                    content.RemoveRange(from, to - from);
                    break;
                case 5:
                    content.InsertRange(from, content[from..to]);
                    break;
                case 6:
                    content.InsertRange(from, Encoding.UTF8.GetBytes(new string(' ', Below(12))));
                    break;
                case 7:
                    content.RemoveRange(at, Math.Min(Below(20), content.Count - at));
                    break;
                default:
                    content = [.. Encoding.UTF8.GetBytes(Encoding.UTF8.GetString([.. content]).Replace(": ", ": " + Bits[Below(Bits.Length)], StringComparison.Ordinal))];
                    break;
            }
        }

        return [.. content];
    }

    [GeneratedRegex(@"breakers\.yaml:\d+:\d+$")]
    private static partial Regex Place();

    [GeneratedRegex(@"breakers\.yaml$")]
    private static partial Regex WholeFile();
}
