using CsCheck;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Model;

/// <summary>C7, C9: which of two histories extends the other.</summary>
public sealed class LineageTests
{
    private static readonly Guid A = new("aaaaaaaa-0000-0000-0000-000000000000");
    private static readonly Guid B = new("bbbbbbbb-0000-0000-0000-000000000000");

    [Fact]
    public void C9_an_activation_up_to_a_number_names_all_its_generations()
    {
        var lineage = Lineage.Initial.With(new Generation(3, A)).With(new Generation(5, A)).With(new Generation(6, B));

        Assert.True(lineage.Contains(Generation.Initial));
        Assert.True(lineage.Contains(new Generation(4, A)));
        Assert.True(lineage.Contains(new Generation(6, B)));
        Assert.False(lineage.Contains(new Generation(6, A)));
        Assert.False(lineage.Contains(new Generation(5, Guid.NewGuid())));
    }

    [Fact]
    public void C9_a_union_contains_both_and_is_the_same_either_way() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 40]).Array[0, 30].ForAll(1000, drawn =>
        {
            var incarnations = Enumerable.Range(0, 6).Select(index => new Guid(index + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])).ToArray();
            var generations = drawn.Select(pair => new Generation(pair.Item2, incarnations[pair.Item1])).ToArray();
            var left = generations.Where((_, index) => index % 2 == 0).Aggregate(Lineage.Initial, (lineage, generation) => lineage.With(generation));
            var right = generations.Where((_, index) => index % 2 == 1).Aggregate(Lineage.Initial, (lineage, generation) => lineage.With(generation));

            Assert.Equal(left.Union(right), right.Union(left));
            Assert.Equal(left.Union(right).GetHashCode(), right.Union(left).GetHashCode());
            Assert.Equal(left, left.Union(left));
            Assert.All(generations, generation => Assert.True(left.Union(right).Contains(generation)));
        });

    [Fact]
    public void C9_a_union_has_the_higher_floor_and_above_it_each_activations_newest_by_number_and_id()
    {
        var left = new Lineage { Floor = 5, Tips = [new Generation(6, B), new Generation(7, A)] };
        var right = new Lineage { Floor = 6, Tips = [new Generation(7, B)] };

        Assert.Equal(new Lineage { Floor = 6, Tips = [new Generation(7, A), new Generation(7, B)] }, left.Union(right));
        Assert.Equal(new Lineage { Floor = 6, Tips = [new Generation(7, A)] }, left.Union(new Lineage { Floor = 6 }));
        Assert.Throws<ArgumentNullException>("other", () => left.Union(null!));
    }

    [Fact]
    public void C9_one_activation_too_many_raises_the_floor_to_the_oldest()
    {
        var lineage = new Lineage { Tips = [.. Enumerable.Range(1, Lineage.Capacity + 1).Select(number => new Generation(number, Guid.NewGuid()))] };

        var kept = lineage.Union(Lineage.Initial);

        Assert.Equal((1L, Lineage.Capacity, 2L), (kept.Floor, kept.Tips.Length, kept.Tips[0].Number));
    }

    [Fact]
    public void Two_histories_are_equal_if_floor_and_tips_are()
    {
        var lineage = new Lineage { Floor = 1, Tips = [new Generation(2, A)] };

        Assert.Equal(lineage, new Lineage { Floor = 1, Tips = [new Generation(2, A)] });
        Assert.NotEqual(lineage, lineage with { Floor = 0 });
        Assert.NotEqual(lineage, lineage with { Tips = [new Generation(2, B)] });
        Assert.False(lineage.Equals(null));
    }

    [Fact]
    public void A_long_history_is_kept_by_its_newest_activations_and_a_floor()
    {
        var lineage = Enumerable.Range(1, 100).Aggregate(Lineage.Initial, (grown, number) => grown.With(new Generation(number, Guid.NewGuid())));

        Assert.Equal((Lineage.Capacity, 84L), (lineage.Tips.Length, lineage.Floor));
        Assert.True(lineage.Contains(new Generation(84, Guid.NewGuid())));
        Assert.False(lineage.Contains(new Generation(85, Guid.NewGuid())));
    }
}
