using System.Globalization;

namespace TaskerCore.Orleans.Cli.Output;

/// <summary>What the system says of a descriptor of this process.</summary>
internal static class Descriptor
{
    private const string Folder = "/proc/self/fdinfo";
    private const int AccessMode = 0b11;
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    /// <summary>Whether the process was started with it, open for writing. What is closed when another program is started cannot have been
    /// handed on to this one: then the runtime opened it. Where the system does not say, it is taken to be.</summary>
    public static bool IsInherited(int number)
    {
        if (!Directory.Exists(Folder))
        {
            return true;
        }

        try
        {
            return IsInherited(File.ReadAllLines(Path.Combine(Folder, number.ToString(CultureInfo.InvariantCulture))));
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>The same, from what the system says.</summary>
    internal static bool IsInherited(IEnumerable<string> lines)
    {
        const string flags = "flags:";
        var line = lines.FirstOrDefault(line => line.StartsWith(flags, StringComparison.Ordinal));
        if (line is null)
        {
            return true;
        }

        var value = Convert.ToInt32(line[flags.Length..].Trim(), fromBase: 8);
        return (value & CloseOnExec) == 0 && (value & AccessMode) != ReadOnly;
    }
}
