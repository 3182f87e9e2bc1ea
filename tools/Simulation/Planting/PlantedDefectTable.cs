namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>Looks for each planted defect and tells in which run it was found.</summary>
internal static class PlantedDefectTable
{
    /// <summary>Prints a line for each defect; whether all were found within their number of runs.</summary>
    public static bool Print(TextWriter output, params IReadOnlyList<string> texts)
    {
        var allFound = true;
        output.WriteLine($"{"planted defect",-68} {"found in run",12} {"allowed",8}  broken promise");
        foreach (var defect in PlantedDefects.All.Where(defect => texts.Count == 0 || texts.Any(text => defect.Name.Contains(text, StringComparison.OrdinalIgnoreCase))))
        {
            using var build = DefectiveBuild.Of(defect);
            var found = build.FirstViolation(defect.Within);
            allFound &= found is not null;
            output.WriteLine($"{defect,-68} {found?.Run.ToString() ?? "NOT FOUND",12} {defect.Within,8}  {found?.Violation}");
        }

        return allFound;
    }
}
