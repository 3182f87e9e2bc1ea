namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>The assemblies that this program may load: what a compiler in it refers to.</summary>
public static class RuntimeAssemblies
{
    /// <summary>Their paths: the program's own, its packages' and the framework's.</summary>
    public static IReadOnlyList<string> Paths { get; } = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
}
