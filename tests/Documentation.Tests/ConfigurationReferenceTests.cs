using TaskerCore.Orleans.ConfigurationReference;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Documentation.Tests;

public sealed class ConfigurationReferenceTests
{
    [Fact]
    public void It_says_what_the_code_says()
    {
        var written = File.ReadAllText(Repository.Path(Reference.File));

        Assert.True(Reference.Write() == written, $"{Reference.File} is not what the code says: dotnet run --project tools/ConfigurationReference -c Release");
    }
}
