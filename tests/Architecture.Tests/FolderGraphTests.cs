namespace TaskerCore.Orleans.Architecture.Tests;

/// <summary>What the check finds, on small sources.</summary>
public sealed class FolderGraphTests
{
    private const string Model = "namespace P.Model; public record Order(int Id); public static class Orders { public static int Twice(this Order order) => order.Id * 2; }";

    [Theory]
    [InlineData("namespace P.Rules; class Rule { P.Model.Order? _order; }")]
    [InlineData("using P.Model; namespace P.Rules; class Rule : IEquatable<Order> { public bool Equals(Order? other) => true; }")]
    [InlineData("using P.Model; namespace P.Rules; class Rule { int Of(P.Wire.Message message) => message.Order.Id; }")]
    [InlineData("using P.Model; namespace P.Rules; class Rule { int Of(P.Wire.Message message) => message.Order.Twice(); }")]
    [InlineData("namespace P.Rules; class Rule { string Name => nameof(P.Model.Orders); }")]
    public void A_type_or_a_member_that_is_used_is_an_edge(string rule) => Assert.Contains(("P/Rules", "P/Model"), Graph(rule).Uses.Keys);

    [Theory]
    [InlineData("namespace P.Rules; /// <summary><see cref=\"P.Model.Order\"/></summary>\nclass Rule { }")]
    [InlineData("using P.Model; namespace P.Rules; class Rule { int Order => 1; }")]
    public void A_comment_and_a_using_are_none(string rule) => Assert.DoesNotContain(("P/Rules", "P/Model"), Graph(rule).Uses.Keys);

    [Fact]
    public void Folders_that_use_each_other_through_a_third_are_a_cycle()
    {
        var graph = FolderGraph.Of(
        [
            new("A", "A.cs", "class A { B? _b; }"),
            new("B", "B.cs", "class B { C? _c; }"),
            new("C", "C.cs", "class C { A? _a; }"),
            new("D", "D.cs", "class D { A? _a; }"),
        ]);

        Assert.Equal("A <-> B <-> C", Assert.Single(graph.Cycles()));
    }

    [Fact]
    public void A_use_without_a_row_and_a_row_without_a_use_are_told_with_their_places()
    {
        var graph = FolderGraph.Of([new("P/A", "A.cs", "\nclass A { B? _b; }"), new("P/B", "B.cs", "class B { }"), new("P/C", "C.cs", "class C { }")]);
        var table = FolderTable.Parse("| folder | what | may use |\n|---|---|---|\n| `src/P/A` | a | `P/C` |\n| `src/P/B` | b | – |\n| `src/P/C` | c | – |\n");

        Assert.Equal("P/A may not use P/B: P/A/A.cs:2 B", Assert.Single(table.Forbidden(graph)));
        Assert.Equal("P/A does not use P/C", Assert.Single(table.Unused(graph)));
    }

    [Fact]
    public void The_name_of_a_project_stands_for_its_folders_unless_it_has_code_of_its_own()
    {
        SourceFile[] files = [new("P/A", "A.cs", "class A { }"), new("Q", "Q.cs", "class Q { A? _a; }")];
        var table = FolderTable.Parse("| `src/Q` | q | `P` |\n");

        Assert.Empty(table.Forbidden(FolderGraph.Of(files)));
        Assert.Single(table.Forbidden(FolderGraph.Of([.. files, new("P", "P.cs", "class P { }")])));
    }

    private static FolderGraph Graph(string rule) => FolderGraph.Of(
    [
        new(string.Empty, "GlobalUsings.cs", "global using System;"),
        new("P/Model", "Model.cs", Model),
        new("P/Wire", "Wire.cs", "namespace P.Wire; public record Message(P.Model.Order Order);"),
        new("P/Rules", "Rule.cs", rule),
    ]);
}
