using CsCheck;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests;

/// <summary>Property tests that draw the same inputs each time; one that fails is shrunk by CsCheck, which prints its seed.</summary>
internal static class SeededCheck
{
    /// <summary>Checks a property on <paramref name="samples"/> inputs.</summary>
    public static void ForAll<T>(this Gen<T> gen, int samples, Action<T> property, ulong seed = 2026)
    {
        for (uint stream = 0; stream < samples; stream++)
        {
            var random = new PCG(stream, seed);
            var replay = random.ToString();
            var input = gen.Generate(random, null, out _);
            try
            {
                property(input);
            }
            catch (Exception)
            {
                gen.Sample(property, seed: replay, iter: 20_000);
                throw;
            }
        }
    }
}
