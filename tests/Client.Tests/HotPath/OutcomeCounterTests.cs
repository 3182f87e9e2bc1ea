using CsCheck;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.HotPath;

public sealed class OutcomeCounterTests : IOutcomeListener
{
    private readonly List<OutcomeNews> _news = [];
    private readonly OutcomeCounter _counter;

    public OutcomeCounterTests() => _counter = new OutcomeCounter(Generation.Initial, local: false, this);

    void IOutcomeListener.OnNews(OutcomeCounter counter, OutcomeNews news)
    {
        lock (_news)
        {
            _news.Add(news);
        }
    }

    [Fact]
    public void C12_each_failure_of_a_run_that_is_long_enough_is_news_that_cannot_wait_however_often_it_was_collected()
    {
        _counter.EnoughInARow = 3;
        _counter.CountFailure();
        _counter.Collect();
        _counter.CountFailure();
        _counter.Collect();
        _counter.CountFailure();
        _counter.CountFailure();
        Assert.Equal([OutcomeNews.Failure, OutcomeNews.Failure, OutcomeNews.RunIsEnough, OutcomeNews.RunIsEnough], _news);

        _counter.CountSuccess();
        _counter.CountFailure();
        Assert.Equal([OutcomeNews.RunEnded, OutcomeNews.Failure], _news[4..]);
    }

    [Fact]
    public void C12_a_run_goes_on_from_the_counter_before_and_a_success_ends_it()
    {
        var counter = new OutcomeCounter(Generation.Initial, local: false, this, run: 2) { EnoughInARow = 3 };
        counter.CountFailure();
        Assert.Equal([OutcomeNews.RunIsEnough], _news);
        var tally = counter.Collect()!.Tally;
        Assert.Equal((1L, 1L, 1L), (tally.FirstRun, tally.LastRun, tally.LongestRun));

        var ended = new OutcomeCounter(Generation.Initial, local: false, this, run: 2) { EnoughInARow = 3 };
        ended.CountSuccess();
        ended.CountFailure();
        Assert.Equal([OutcomeNews.RunEnded, OutcomeNews.Failure], _news[1..]);
        tally = ended.Collect()!.Tally;
        Assert.Equal((1L, 0L, 1L, 1L), (tally.Successes, tally.FirstRun, tally.LastRun, tally.LongestRun));
    }

    [Fact]
    public void C3_one_threads_outcomes_make_the_tally_of_their_sequence_however_often_they_are_collected() =>
        Gen.Char["ssfffirc"].Array[1, 60].ForAll(
            20_000,
            letters =>
            {
                var counter = new OutcomeCounter(Generation.Initial, local: false, this);
                var expected = OutcomeTally.Empty;
                var collected = OutcomeTally.Empty;
                foreach (var letter in letters)
                {
                    switch (letter)
                    {
                        case 's':
                            counter.CountSuccess();
                            expected = expected.Append(OutcomeTally.Success);
                            break;
                        case 'f':
                            counter.CountFailure();
                            expected = expected.Append(OutcomeTally.Failure);
                            break;
                        case 'i':
                            counter.CountIgnored();
                            expected = expected.Append(OutcomeTally.IgnoredCall);
                            break;
                        case 'r':
                            counter.CountRejection();
                            expected = expected.Append(OutcomeTally.Rejection);
                            break;
                        default:
                            collected = collected.Append(counter.Collect()?.Tally ?? OutcomeTally.Empty);
                            break;
                    }
                }

                Assert.Equal(expected, collected.Append(counter.Collect()?.Tally ?? OutcomeTally.Empty));
                Assert.Null(counter.Collect());
            });

    [Fact]
    public void S14_what_many_threads_count_is_collected_exactly_once_and_the_runs_are_possible()
    {
        const int perThread = 60_000;
        var total = OutcomeTally.Empty;
        var longest = 0L;
        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            for (var call = 0; call < perThread; call++)
            {
                switch ((call + number) % 8)
                {
                    case 0 or 1:
                        _counter.CountFailure();
                        break;
                    case 2:
                        _counter.CountRejection();
                        break;
                    case 3:
                        _counter.CountIgnored();
                        break;
                    case 4:
                        _counter.CountSuccess(TimeSpan.FromTicks(3), slow: true);
                        break;
                    default:
                        _counter.CountSuccess();
                        break;
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        while (threads.Exists(thread => thread.IsAlive))
        {
            Collect();
        }

        threads.ForEach(thread => thread.Join());
        Collect();

        Assert.Equal((4L * perThread * 4 / 8, 4L * perThread * 2 / 8), (total.Successes, total.Failures));
        Assert.Equal((4L * perThread / 8, 4L * perThread / 8), (total.Counts.Rejected, total.Counts.Ignored));
        Assert.Equal((4L * perThread / 8, 4L * perThread / 8), (total.Counts.Slow, total.Counts.TimedCalls));
        Assert.Equal(TimeSpan.FromTicks(3L * 4 * perThread / 8), total.Counts.TotalDuration);
        Assert.InRange(longest, 1, total.Failures);

        void Collect()
        {
            if (_counter.Collect()?.Tally is { } tally)
            {
                Assert.InRange(tally.LongestRun, Math.Max(tally.FirstRun, tally.LastRun), tally.Failures);
                longest = Math.Max(longest, tally.LongestRun);
                total = total.Append(tally);
            }
        }
    }

    [Fact]
    public void S13_what_is_not_collected_yet_can_be_read_and_is_still_there_to_collect()
    {
        Assert.Equal(default, _counter.Uncollected);
        _counter.CountSuccess();
        _counter.CountSuccess(TimeSpan.FromSeconds(1), slow: true);
        _counter.CountFailure();
        _counter.CountFailure();
        _counter.CountFailure();
        _counter.CountIgnored();
        _counter.CountIgnored();
        _counter.CountIgnored();
        _counter.CountIgnored();
        for (var rejection = 0; rejection < 5; rejection++)
        {
            _counter.CountRejection();
        }

        var expected = new CallCounts { Successes = 2, Failures = 3, Ignored = 4, Rejected = 5, Slow = 1, TimedCalls = 1, TotalDuration = TimeSpan.FromSeconds(1) };
        Assert.Equal((expected, expected), (_counter.Uncollected, _counter.Uncollected));
        Assert.Equal(expected, _counter.Collect()!.Tally.Counts);
        Assert.Equal(default, _counter.Uncollected);
    }

    [Fact]
    public void S2_a_success_of_another_thread_ends_the_run_that_a_failure_opened_before_it()
    {
        _counter.CountFailure();
        var other = new Thread(_counter.CountSuccess);
        other.Start();
        other.Join();
        _counter.CountFailure();

        var tally = _counter.Collect()!.Tally;

        Assert.Equal((1L, 1L, 1L), (tally.FirstRun, tally.LongestRun, tally.LastRun));
    }

    [Fact]
    public void C2_a_failure_is_told_at_once_a_success_only_when_it_ends_a_run_that_was_reported()
    {
        _counter.CountSuccess();
        Assert.Empty(_news);
        _counter.CountFailure();
        _counter.CountSuccess();
        Assert.Equal([OutcomeNews.Failure], _news);
        _counter.CountFailure();
        _counter.Collect();
        _counter.CountSuccess();
        _counter.CountSuccess();
        Assert.Equal([OutcomeNews.Failure, OutcomeNews.Failure, OutcomeNews.RunEnded], _news);
    }

    [Fact]
    public void S8_whatever_ends_after_its_generation_is_told_as_late_and_is_still_there_to_collect()
    {
        _counter.Retire();
        _counter.Collect();
        _counter.CountSuccess();
        _counter.CountFailure();
        _counter.CountIgnored();
        _counter.CountRejection();

        Assert.Equal(Enumerable.Repeat(OutcomeNews.Late, 4), _news);
        var tally = _counter.Collect()!.Tally;
        Assert.Equal((1L, 1L, 1L, 1L), (tally.Successes, tally.Failures, tally.Counts.Ignored, tally.Counts.Rejected));
    }

    [Theory]
    [InlineData("success")]
    [InlineData("failure")]
    [InlineData("ignored")]
    [InlineData("rejection")]
    public void S8_each_kind_of_end_alone_is_told_as_late_however_often_the_counter_was_retired(string kind)
    {
        _counter.Retire();
        _counter.Retire();
        switch (kind)
        {
            case "success":
                _counter.CountSuccess();
                break;
            case "failure":
                _counter.CountFailure();
                break;
            case "ignored":
                _counter.CountIgnored();
                break;
            default:
                _counter.CountRejection();
                break;
        }

        Assert.Equal([OutcomeNews.Late], _news);
    }

    [Fact]
    public void C2_the_end_of_a_run_that_was_collected_more_than_once_is_told()
    {
        _counter.CountFailure();
        _counter.Collect();
        _counter.CountFailure();
        _counter.Collect();
        _news.Clear();

        _counter.CountSuccess();

        Assert.Equal([OutcomeNews.RunEnded], _news);
    }

    [Fact]
    public void S14_a_duration_waits_for_the_call_that_it_belongs_to()
    {
        _counter.CountSuccess(TimeSpan.FromSeconds(2), slow: true);
        _counter.CountFailure(TimeSpan.FromSeconds(1), slow: false);

        var tally = _counter.Collect()!.Tally;

        Assert.Equal((2L, 1L, TimeSpan.FromSeconds(3)), (tally.Counts.TimedCalls, tally.Counts.Slow, tally.Counts.TotalDuration));
    }
}
