// Reads reports of dotnet-stryker and prints, for each, what became of its mutants and every one that no test killed.
//   dotnet run eng/mutation/Score.cs -- LEAST_PERCENT REPORT.json...
// Stryker's own table counts mutants that it ignored as survivors: here what it ignored or could not compile is left out.
using System.Globalization;
using System.Text.Json;

var least = double.Parse(args[0], CultureInfo.InvariantCulture);
var allReach = true;
foreach (var report in args.Skip(1))
{
    allReach &= Print(report);
}

return allReach ? 0 : 1;

bool Print(string path)
{
    using var json = JsonDocument.Parse(File.ReadAllText(path));
    var root = json.RootElement.GetProperty("projectRoot").GetString()!;
    var mutants = json.RootElement.GetProperty("files").EnumerateObject()
        .SelectMany(file => file.Value.GetProperty("mutants").EnumerateArray().Select(mutant => new Mutant(file, mutant)))
        .Where(mutant => mutant.Status is not ("Ignored" or "CompileError"))
        .ToList();
    int Count(string status) => mutants.Count(mutant => mutant.Status == status);
    var (killed, timeout, survived, uncovered) = (Count("Killed"), Count("Timeout"), Count("Survived"), Count("NoCoverage"));
    var score = 100.0 * (killed + timeout) / Math.Max(1, killed + timeout + survived + uncovered);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{Path.GetFileName(root)}: {mutants.Count} mutants, {killed} killed, {timeout} timeout, {survived} survived, {uncovered} no coverage: {score:0.00} %"));
    foreach (var mutant in mutants.Where(mutant => mutant.Status is not ("Killed" or "Timeout")))
    {
        Console.WriteLine($"  {mutant}");
    }

    return mutants.Count > 0 && score >= least;
}

internal sealed class Mutant(JsonProperty file, JsonElement mutant)
{
    public string Status { get; } = mutant.GetProperty("status").GetString()!;

    public override string ToString() =>
        $"{Path.GetRelativePath(Environment.CurrentDirectory, file.Name)}:{Line("start")}  {(Status == "Survived" ? string.Empty : $"({Status}) ")}{mutant.GetProperty("mutatorName").GetString()}: {Original} -> {Short(mutant.GetProperty("replacement").GetString()!)}";

    private string Original
    {
        get
        {
            var lines = file.Value.GetProperty("source").GetString()!.Split('\n')[(Line("start") - 1)..Line("end")];
            lines[^1] = lines[^1][..(Column("end") - 1)];
            lines[0] = lines[0][(Column("start") - 1)..];
            return Short(string.Join('\n', lines));
        }
    }

    private int Line(string which) => mutant.GetProperty("location").GetProperty(which).GetProperty("line").GetInt32();

    private int Column(string which) => mutant.GetProperty("location").GetProperty(which).GetProperty("column").GetInt32();

    private static string Short(string code)
    {
        var line = string.Join(' ', code.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 110 ? line : line[..107] + "...";
    }
}
