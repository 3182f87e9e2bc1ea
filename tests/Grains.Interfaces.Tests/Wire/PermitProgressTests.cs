namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Wire;

/// <summary>S7: which permit requests were given up.</summary>
public sealed class PermitProgressTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public void S7_those_after_the_last_answer_up_to_the_last_abandoned(long request, bool givenUp) =>
        Assert.Equal(givenUp, new PermitProgress(Answered: 2, Abandoned: 4).IsGivenUp(request));
}
