namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Where the checkout is that this program was built in.</summary>
public static class Repository
{
    private const string Solution = "TaskerCore.Orleans.sln";

    /// <summary>The folder of the solution.</summary>
    /// <exception cref="DirectoryNotFoundException">The program does not run from a checkout.</exception>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The path of something in the checkout.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>The configuration that this program was built in: <c>Release</c> or <c>Debug</c>.</summary>
    public static string Configuration { get; } = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    /// <summary>A project's assembly, built in the same configuration as this one.</summary>
    public static string Assembly(string projectFolder, string assembly)
    {
        var path = Path(projectFolder, "bin", Configuration, "net10.0", assembly + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: build the solution first (dotnet build -c {Configuration}).");
    }

    private static string Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, Solution)))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No {Solution} above {start}.");
    }
}
