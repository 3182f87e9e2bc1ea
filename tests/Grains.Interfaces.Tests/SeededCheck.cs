using CsCheck;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests;

/// <summary>Property tests that draw the same inputs each time; one that fails is shrunk by CsCheck, which prints its seed.</summary>
internal static class SeededCheck
{
    /// <summary>How many of a property's inputs are drawn, in percent. All, but in a mutation run, which repeats every test for hundreds of
    /// mutants: there a few must do, and nothing is shrunk.</summary>
    public static int Percent { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("TASKERCORE_CHECK_PERCENT"), out var percent) ? Math.Clamp(percent, 1, 100) : 100;

    /// <summary>Checks a property on <paramref name="samples"/> inputs.</summary>
    public static void ForAll<T>(this Gen<T> gen, int samples, Action<T> property, ulong seed = 2026)
    {
        for (uint stream = 0; stream < samples * Percent / 100; stream++)
        {
            var random = new PCG(stream, seed);
            var replay = random.ToString();
            var input = gen.Generate(random, null, out _);
            try
            {
                property(input);
            }
            catch (Exception) when (Percent == 100)
            {
                gen.Sample(property, seed: replay, iter: 20_000);
                throw;
            }
        }
    }
}
