using TaskerCore.Orleans.Simulation.Planting;

namespace TaskerCore.Orleans.Simulation.Tests;

/// <summary>The simulator can fail: it finds each defect that is planted into a copy of the cores.</summary>
public sealed class PlantedDefectTests
{
    public static TheoryData<string> Names => [.. PlantedDefects.All.Select(defect => defect.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_defect_is_found_within_its_number_of_runs(string name)
    {
        var defect = PlantedDefects.All.Single(known => known.Name == name);
        using var build = DefectiveBuild.Of(defect);

        var found = build.FirstViolation(defect.Within);

        Assert.True(found is not null, $"'{name}' was not found within {defect.Within} runs");
    }

    [Fact]
    public void A_planted_defect_that_no_longer_fits_the_source_says_so()
    {
        var edit = new Edit("a.cs", "x", "y");

        Assert.Contains("a.cs", Assert.Throws<InvalidOperationException>(() => edit.Apply("x x")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => edit.Apply("z"));
        Assert.Equal("a y b", edit.Apply("a x b"));
    }
}
