using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Directory;

/// <summary>S18: settings that nobody wrote, or of a file that looks cut off, replace no settings of a cluster.</summary>
public sealed class DirectoryCoreLostContentTests
{
    private readonly TestClock _clock = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void S18_a_silo_that_sets_nothing_does_not_set_the_cluster_to_the_defaults(bool edited)
    {
        var core = Read(Stored());

        var answer = core.Offer(new() { Configuration = new(), ContentHash = "built-in", SaysNothing = true, Edited = edited });

        Assert.Equal((4L, false, "this silo has no settings, but the cluster has"), (answer.Version, answer.InForce, answer.Reason));
        Assert.Equal(99, core.Configuration.Global.MaxCircuitBreakers);
    }

    [Fact]
    public void S18_a_cluster_without_settings_takes_what_sets_nothing_and_then_anything_else()
    {
        var core = Read(null);

        Assert.True(core.Offer(new() { Configuration = new(), ContentHash = "built-in", SaysNothing = true }).InForce);
        Assert.True(core.Offer(new() { Configuration = new(), ContentHash = "built-in", SaysNothing = true }).InForce);
        Assert.True(core.Offer(Offer(7, "mine")).InForce);
    }

    [Fact]
    public void S18_the_built_in_settings_are_taken_from_a_file_that_says_so() =>
        Assert.True(Read(Stored()).Offer(new() { Configuration = new(), ContentHash = "built-in", Ending = EndingKind.Marked }).InForce);

    [Fact]
    public void S18_what_set_nothing_before_the_store_was_read_gives_way_to_what_is_stored()
    {
        var core = Unread();
        core.Offer(new() { Configuration = new(), ContentHash = "built-in", SaysNothing = true });
        core.Offer(new() { Configuration = new(), ContentHash = "built-in", SaysNothing = true });

        core.ReadSucceeded(Stored(), _clock.Now);

        Assert.Equal((4L, 99, "stored"), (core.Version, core.Configuration.Global.MaxCircuitBreakers, core.InForce.ContentHash));
    }

    [Fact]
    public void S18_what_a_second_silo_wrote_in_a_file_stands_though_the_first_set_nothing()
    {
        var core = Unread();
        core.Offer(new() { Configuration = new(), ContentHash = "built-in", SaysNothing = true });
        core.Offer(new() { Configuration = new(), ContentHash = "built-in" });

        core.ReadSucceeded(Stored(), _clock.Now);

        Assert.Equal((5L, "built-in"), (core.Version, core.InForce.ContentHash));
    }

    [Fact]
    public void S18_a_starting_silo_whose_file_looks_cut_off_does_not_replace_the_clusters_settings()
    {
        (EndingKind Given, EndingKind Required, bool IsTaken)[] cases =
        [
            (EndingKind.Open, EndingKind.Line, false),
            (EndingKind.Line, EndingKind.Line, true),
            (EndingKind.Marked, EndingKind.Line, true),
            (EndingKind.Line, EndingKind.Marked, false),
            (EndingKind.Unknown, EndingKind.Marked, true),
            (EndingKind.Open, EndingKind.Unknown, true),
        ];
        Assert.All(cases, each =>
        {
            var core = Read(Stored() with { EndingRequired = each.Required });

            var answer = core.Offer(Offer(7, "new") with { Ending = each.Given });

            Assert.Equal((each.IsTaken, each.IsTaken), (answer.InForce, answer.Reason is null));
        });
    }

    [Theory]
    [InlineData(12, false, false)]
    [InlineData(12, true, true)]
    [InlineData(14, false, true)]
    public void S18_a_starting_silo_whose_file_is_a_beginning_of_the_one_in_force_is_not_followed(long whole, bool edited, bool isTaken)
    {
        var core = Read(null);
        core.Offer(Offer(7, "mine") with { LineMarks = [11, 12, 13], FileMarks = [14] });
        var successor = Read(core.TakeEffects(_clock.Now).Write);

        Assert.All([core, successor], each => Assert.Equal(isTaken, each.Offer(Offer(8, "new") with { FileMarks = [20, whole], Edited = edited }).InForce));
    }

    [Fact]
    public void S18_a_beginning_that_was_offered_before_the_store_was_read_gives_way()
    {
        var core = Unread();
        core.Offer(Offer(7, "new") with { FileMarks = [12] });

        core.ReadSucceeded(Stored() with { LineMarks = [11, 12] }, _clock.Now);

        Assert.Equal((5L, "stored"), (core.Version + 1, core.InForce.ContentHash));
    }

    [Fact]
    public void A_row_of_an_older_version_says_nothing_of_its_files_and_anything_may_follow()
    {
        var core = Read(System.Text.Json.JsonSerializer.Deserialize<StoredDirectory>(
            """{"Format":1,"Writer":"6f9619ff-8b86-d011-b42d-00c04fc964ff","Created":["a"],"Version":4,"Configuration":{},"Hashes":["stored"]}"""));

        Assert.True(core.Offer(Offer(8, "new") with { FileMarks = [1], Ending = EndingKind.Open }).InForce);
    }

    [Fact]
    public void An_offer_of_an_older_silo_says_nothing_of_its_files_and_is_taken()
    {
        var core = Read(Stored() with { LineMarks = [1], EndingRequired = EndingKind.Marked });

        Assert.True(core.Offer(Offer(8, "new") with { LineMarks = default, FileMarks = default }).InForce);
        Assert.Empty(core.TakeEffects(_clock.Now).Write!.LineMarks);
    }

    [Fact]
    public void An_offer_that_says_more_of_its_files_than_any_silo_is_refused()
    {
        ConfigurationOffer[] offers =
        [
            Offer(7, "h") with { LineMarks = [.. Enumerable.Repeat(1L, ConfigurationOffer.MaxLineMarks + 1)] },
            Offer(7, "h") with { FileMarks = [.. Enumerable.Repeat(1L, 17)] },
            Offer(7, "h") with { Silo = new string('s', 201) },
        ];

        Assert.All(offers, offer => Assert.Throws<ArgumentException>(() => Read(null).Offer(offer)));
    }

    [Fact]
    public void S18_a_starting_silo_whose_file_looks_cut_off_gives_way_also_where_the_store_is_read_later()
    {
        var core = Unread();
        core.Offer(Offer(7, "new") with { Ending = EndingKind.Open, EndingRequired = EndingKind.Open });

        core.ReadSucceeded(Stored() with { EndingRequired = EndingKind.Line }, _clock.Now);

        Assert.Equal("stored", core.InForce.ContentHash);
    }

    [Fact]
    public void S18_an_edit_is_taken_however_it_ends_for_the_silo_has_compared_it_with_what_it_had() =>
        Assert.True(Read(Stored() with { EndingRequired = EndingKind.Marked }).Offer(Offer(7, "new") with { Ending = EndingKind.Open, Edited = true }).InForce);

    [Fact]
    public void S18_since_when_and_from_which_silo_the_settings_are_is_stored_with_them()
    {
        var core = Read(null);
        core.Offer(Offer(7, "mine") with { Silo = "10.0.0.1:11111", EndingRequired = EndingKind.Line }, _clock.Now.Utc);

        var row = core.TakeEffects(_clock.Now).Write!;
        var successor = Read(row);

        var overview = successor.InForceAt(_clock.Now).Overview!;
        Assert.Equal(("mine", 1L, _clock.Now.Utc, "10.0.0.1:11111"), (overview.ContentHash, overview.Version, overview.Since, overview.From));
        Assert.False(successor.Offer(Offer(8, "new") with { Ending = EndingKind.Open }).InForce);
    }

    private static StoredDirectory Stored() => new()
    {
        Writer = Guid.NewGuid(), Version = 4, Hashes = ["older", "stored"], Configuration = new() { Global = new GlobalSettings { MaxCircuitBreakers = 99 } },
    };

    private static ConfigurationOffer Offer(int limit, string hash) =>
        new() { Configuration = new() { Global = new GlobalSettings { MaxCircuitBreakers = limit } }, ContentHash = hash };

    private DirectoryCore Unread()
    {
        var core = new DirectoryCore(Guid.NewGuid(), new CircuitBreakerConfiguration(), _clock.Now);
        return core;
    }

    private DirectoryCore Read(StoredDirectory? stored)
    {
        var core = Unread();
        core.ReadSucceeded(stored, _clock.Now);
        return core;
    }
}
