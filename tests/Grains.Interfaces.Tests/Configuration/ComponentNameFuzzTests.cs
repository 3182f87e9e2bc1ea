using System.Text.RegularExpressions;
using CsCheck;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Configuration;

/// <summary>S19: a name is good or its fault is told in a short sentence, whatever it is.</summary>
public sealed partial class ComponentNameFuzzTests
{
    private static readonly Gen<string> Names = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char["abzAZ09._-:/"], 0, 140],
        Gen.Select(Gen.String[Gen.Char["abzAZ09._-:/"], 0, 127], Gen.Char, Gen.Int[0, 127]).Select((name, sign, at) => name.Insert(Math.Min(at, name.Length), sign.ToString())));

    [Fact]
    public void S19_a_name_is_good_as_the_rule_says_or_its_fault_is_told() => Names.ForAll(20_000, name =>
    {
        Assert.Equal(Rule().IsMatch(name), ComponentName.IsValid(name));
        if (!ComponentName.IsValid(name))
        {
            var fault = ComponentName.Fault(name);
            Assert.InRange(fault.Length, 1, 200);
            Assert.All(fault, sign => Assert.InRange(sign, ' ', '~'));
            Assert.Throws<ArgumentException>(() => ComponentName.ThrowIfInvalid(name));
        }
    });

    [Fact]
    public void S19_a_breakers_key_has_its_component_and_no_other_key_has_one() => Names.ForAll(5000, name =>
    {
        Assert.Equal(name, GrainKeys.Component(GrainKeys.Breaker(name)));
        Assert.False(ComponentName.IsValid(GrainKeys.Component(name)) && !name.StartsWith("breaker/", StringComparison.Ordinal));
    });

    [Fact]
    public void C5_a_hub_is_one_of_the_fixed_set()
    {
        Assert.All(Enumerable.Range(0, GrainKeys.HubCount), index => Assert.True(GrainKeys.IsHub(GrainKeys.Hub(index))));
        Gen.Guid.ForAll(500, session => Assert.True(GrainKeys.IsHub(GrainKeys.HubOf(session))));
        Assert.All(new[] { null, "", "hub", "hub/", "hub/16", "hub/-1", "hub/01", "HUB/1", "hub/1 " }, key => Assert.False(GrainKeys.IsHub(key)));
    }

    [GeneratedRegex(@"^[a-zA-Z0-9._\-:/]{1,128}\z")]
    private static partial Regex Rule();
}
