using Microsoft.Extensions.Configuration;
using TaskerCore.Orleans.Silo.Api.Access;

namespace TaskerCore.Orleans.Silo.Tests.Api.Access;

/// <summary>The section <c>Api</c>.</summary>
public sealed class ApiKeysTests
{
    private const string Anna = "anna-0123456789ab";
    private const string Ben = "ben-0123456789abc";

    [Fact]
    public void Without_settings_there_are_no_keys()
    {
        var keys = Read();

        Assert.Equal((false, false), (keys.HasOperators, keys.ReadsNeedKey));
        Assert.Null(keys.Find(string.Empty));
        Assert.Null(keys.Find(Anna));
    }

    [Fact]
    public void A_key_is_known_by_the_name_that_it_is_set_under()
    {
        var keys = Read(("Api:OperatorKeys:anna", Anna), ("Api:ReadKeys:grafana", Ben), ("Api:ReadsNeedKey", "true"));

        Assert.Equal(new ApiCaller("anna", MayCommand: true), keys.Find(Anna));
        Assert.Equal(new ApiCaller("grafana", MayCommand: false), keys.Find(Ben));
        Assert.Null(keys.Find(Anna[..^1]));
        Assert.Null(keys.Find(Anna + "x"));
        Assert.Equal((true, true), (keys.HasOperators, keys.ReadsNeedKey));
    }

    [Fact]
    public void A_key_for_reading_makes_no_operator() => Assert.False(Read(("Api:ReadKeys:grafana", Ben)).HasOperators);

    [Theory]
    [InlineData("Api:OperatorKeys:anna", "fifteen-letters", "Api:OperatorKeys:anna must have at least 16 ASCII characters")]
    [InlineData("Api:OperatorKeys:anna", "", "Api:OperatorKeys:anna must have at least 16 ASCII characters")]
    [InlineData("Api:OperatorKeys:anna", "sixteen letters-and a space", "without spaces")]
    [InlineData("Api:ReadKeys:anna", "sixteen-letters-\u00e4", "ASCII characters without spaces")]
    [InlineData("Api:OperatorKeys:team:anna", Anna, "Api:OperatorKeys:team must have at least 16 ASCII characters")]
    [InlineData("Api:OperatorKeys", Anna, "write Api:OperatorKeys:<name> = <key>")]
    [InlineData("Api:OperatorKeys: ", Anna, "a name in Api:OperatorKeys is required: 1-128 characters")]
    [InlineData("Api:OperatorKeys:a\nb", Anna, "a name in Api:OperatorKeys must not contain control characters")]
    [InlineData("Api:ReadsNeedKey", "true", "Api:ReadsNeedKey is true, but no key is set")]
    [InlineData("Api:ReadsNeedKey", "yes", "Api:ReadsNeedKey must be true or false")]
    public void What_is_wrong_is_told_and_no_key(string setting, string value, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read((setting, value)));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.False(value.Length > 5 && error.Message.Contains(value, StringComparison.Ordinal), error.Message);
    }

    [Fact]
    public void A_name_may_have_128_characters_and_not_one_more()
    {
        Assert.True(Read(($"Api:OperatorKeys:{new string('a', 128)}", Anna)).HasOperators);
        Assert.Contains(
            "has 129 characters",
            Assert.Throws<InvalidOperationException>(() => Read(($"Api:OperatorKeys:{new string('a', 129)}", Anna))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Two_names_do_not_share_a_key()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read(("Api:OperatorKeys:anna", Anna), ("Api:ReadKeys:grafana", Anna)));

        Assert.Contains("Api:ReadKeys:grafana has the same key as Api:OperatorKeys:anna", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Anna, error.Message, StringComparison.Ordinal);
    }

    private static ApiKeys Read(params (string Key, string? Value)[] settings) => ApiKeys.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build());
}
