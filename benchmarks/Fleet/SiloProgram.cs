using Microsoft.AspNetCore.Builder;
using TaskerCore.Orleans.Silo.Hosting;

namespace TaskerCore.Orleans.Benchmarks.Fleet;

/// <summary>The silo as it ships, with the grains beside it that it is measured against: the program's first argument is
/// <see cref="Command"/>.</summary>
internal static class SiloProgram
{
    public const string Command = "silo";

    public static async Task RunAsync(string[] args)
    {
        await using var app = SiloHost.Build(args);
        await app.RunAsync();
    }
}
