using System.Globalization;
using CsCheck;

namespace TaskerCore.Orleans.TestKit;

/// <summary>Property tests that draw the same inputs each time; one that fails is shrunk by CsCheck, which prints its seed.</summary>
/// <remarks><c>TASKERCORE_CHECK_FACTOR</c> multiplies the number of inputs, and <c>TASKERCORE_CHECK_SEED</c> draws others. A factor above 1 is
/// for long runs; one below for mutation runs, which repeat every test for hundreds of mutants: then nothing is shrunk.</remarks>
internal static class SeededCheck
{
    private static readonly double Factor = Variable("TASKERCORE_CHECK_FACTOR", 1, double.Parse);
    private static readonly ulong? Seed = Variable<ulong?>("TASKERCORE_CHECK_SEED", null, (text, culture) => ulong.Parse(text, culture));

    /// <summary>Whether only a part of the inputs is drawn.</summary>
    public static bool IsPartial => Factor < 1;

    /// <summary>Checks a property on <paramref name="samples"/> inputs.</summary>
    public static void ForAll<T>(this Gen<T> gen, int samples, Action<T> property, ulong seed = 2026, int shrinks = 20_000)
    {
        for (uint stream = 0; stream < samples * Factor; stream++)
        {
            var random = new PCG(stream, Seed ?? seed);
            var replay = random.ToString();
            var input = gen.Generate(random, null, out _);
            try
            {
                property(input);
            }
            catch (Exception) when (!IsPartial)
            {
                gen.Sample(property, seed: replay, iter: shrinks);
                throw;
            }
        }
    }

    private static T Variable<T>(string name, T otherwise, Func<string, IFormatProvider, T> parse) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? parse(text, CultureInfo.InvariantCulture) : otherwise;
}
