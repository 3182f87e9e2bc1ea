namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Model;

/// <summary>How a generation is written in logs and answers.</summary>
public sealed class GenerationTests
{
    [Fact]
    public void C9_a_generation_is_written_as_its_number_and_the_beginning_of_its_activations_id()
    {
        Assert.Equal("0", Generation.Initial.ToString());
        Assert.Equal("12.aaaabbbb", new Generation(12, new Guid("aaaabbbb-cccc-0000-0000-000000000000")).ToString());
    }
}
