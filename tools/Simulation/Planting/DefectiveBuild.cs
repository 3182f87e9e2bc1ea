using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>The product and the simulator loaded a second time, with a defect compiled in: in memory, beside the sound ones.</summary>
internal sealed class DefectiveBuild : IDisposable
{
    private const string Prefix = "TaskerCore.Orleans.";

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    /// <summary>What all builds have in common is read once: the sources as they are, and what they are compiled against.</summary>
    private static readonly ConcurrentDictionary<string, SyntaxTree> Sound = new(StringComparer.Ordinal);
    private static readonly PortableExecutableReference[] References =
    [
        .. RuntimeAssemblies.Paths.Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly Context _context;

    private DefectiveBuild(Context context) => _context = context;

    /// <summary>Compiles the projects that the defect is in.</summary>
    /// <exception cref="InvalidOperationException">The defect no longer fits the source, or does not compile.</exception>
    public static DefectiveBuild Of(PlantedDefect defect)
    {
        var compiled = defect.Edits
            .GroupBy(edit => string.Join('/', edit.File.Split('/').Take(2)))
            .ToDictionary(project => Prefix + project.Key.Split('/')[1], project => Compile(project.Key, [.. project]));
        return new DefectiveBuild(new Context(compiled));
    }

    /// <summary>In which run, from seed 1 on, a promise is broken, and which; null when all <paramref name="mostRuns"/> keep every promise.</summary>
    public (int Run, string Violation)? FirstViolation(int mostRuns)
    {
        var search = _context.LoadFromAssemblyName(typeof(Campaign).Assembly.GetName())
            .GetType(typeof(Campaign).FullName!, throwOnError: true)!
            .GetMethod(nameof(Campaign.FirstViolation), BindingFlags.Static | BindingFlags.Public)!;
        return ((int, string)?)search.Invoke(null, [mostRuns]);
    }

    public void Dispose() => _context.Unload();

    private static byte[] Compile(string project, IReadOnlyList<Edit> edits)
    {
        var folder = Repository.Path(project);
        var name = Prefix + Path.GetFileName(folder);
        var generated = Path.Combine(folder, "obj", Repository.Configuration, "net10.0");
        var sources = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).StartsWith("obj", StringComparison.Ordinal)
                && !Path.GetRelativePath(folder, file).StartsWith("bin", StringComparison.Ordinal))
            .Concat(Directory.EnumerateFiles(generated, "*.cs"))
            .Concat(Directory.EnumerateFiles(generated, "LoggerMessage.g.cs", SearchOption.AllDirectories))
            .ToDictionary(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'), file => Sound.GetOrAdd(file, Parse));
        foreach (var file in edits.GroupBy(edit => edit.File))
        {
            var source = file.Aggregate(sources[file.Key].ToString(), (text, edit) => edit.Apply(text));
            sources[file.Key] = CSharpSyntaxTree.ParseText(SourceText.From(source), Parsing, file.Key);
        }

        var compilation = CSharpCompilation.Create(
            name,
            sources.Values,
            References.Where(reference => Path.GetFileNameWithoutExtension(reference.FilePath) != name),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        return result.Success
            ? assembly.ToArray()
            : throw new InvalidOperationException($"{project} does not compile with the defect: "
                + string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
    }

    private static SyntaxTree Parse(string file) => CSharpSyntaxTree.ParseText(SourceText.From(File.ReadAllText(file)), Parsing, file);

    /// <summary>Loads our own assemblies anew, the defective ones from memory; all others are shared.</summary>
    private sealed class Context(IReadOnlyDictionary<string, byte[]> compiled) : AssemblyLoadContext(isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name is not { } name || !name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return null;
            }

            return compiled.TryGetValue(name, out var defective)
                ? LoadFromStream(new MemoryStream(defective))
                : LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        }
    }
}
