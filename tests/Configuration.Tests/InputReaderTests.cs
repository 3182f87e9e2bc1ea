using System.Diagnostics;
using System.Text;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S17: each input is read once, and what was read is what is checked.</summary>
public sealed class InputReaderTests : IDisposable
{
    private const string Bad = "circuit_breakers:\n  enabled: maybe\n";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ConfigurationFiles _files = new();

    [Fact]
    public async Task S17_a_pipe_is_read_once_and_checked_by_what_was_in_it()
    {
        var pipe = Pipe(_files.Path, Bad);

        Assert.Equal("breakers.yaml:2:12: circuit_breakers.enabled: found maybe; true or false is allowed", Assert.Single(_files.Faults()));
        await pipe.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task S17_an_overlay_that_is_a_pipe_is_read_once_too()
    {
        var pipe = Pipe(System.IO.Path.ChangeExtension(_files.Write("circuit_breakers: { enabled: true }").Path, ".production.yaml"), Bad);

        Assert.StartsWith("breakers.production.yaml:2:12:", Assert.Single(_files.Faults()), StringComparison.Ordinal);
        await pipe.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void S17_what_changes_after_it_was_read_does_not_count()
    {
        var loader = _files.Write("circuit_breakers: { default_config: { failure_threshold: 6 } }").Loader;
        var inputs = loader.Read();
        _files.Write(Bad);

        var loaded = loader.Load(inputs);

        Assert.Equal((6, inputs.Fingerprint), (loaded.Configuration.Default.FailureThreshold, loaded.Fingerprint));
        Assert.NotEqual(inputs.Fingerprint, loader.Read().Fingerprint);
    }

    [Fact]
    public void S17_a_dash_is_standard_input_which_is_opened_once_and_has_no_overlay()
    {
        var opened = 0;
        var reader = new InputReader(() =>
        {
            opened++;
            return new MemoryStream(Encoding.UTF8.GetBytes(Bad));
        });

        var faults = Assert.Throws<ConfigurationFaultsException>(() => new ConfigurationLoader("-", _files.Variables, reader).Load()).Faults;

        Assert.Equal("-:2:12", Assert.Single(faults).Source);
        Assert.Equal(1, opened);
    }

    [Fact]
    public void S17_a_directory_is_a_fault_that_says_so()
    {
        Directory.CreateDirectory(_files.Path);

        Assert.Equal("breakers.yaml: the file cannot be read: it is a directory", Assert.Single(_files.Faults()));
    }

    [Theory]
    [InlineData("/dev/zero", "larger than 1048576 bytes")]
    [InlineData("/dev/null", "has no settings")]
    [InlineData("/dev/null/x", "cannot be read")]
    public void S17_a_device_is_read_no_further_than_a_file_may_be_long(string path, string message) => Assert.Contains(
        message, Assert.Single(Assert.Throws<ConfigurationFaultsException>(() => new ConfigurationLoader(path, _files.Variables).Load()).Faults).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1_048_576, "has no settings")]
    [InlineData(1_048_577, "larger than 1048576 bytes")]
    public void S17_a_file_has_up_to_a_mebibyte(int bytes, string message) =>
        Assert.Contains(message, Assert.Single(_files.Write(new string('#', bytes)).Faults()), StringComparison.Ordinal);

    [Fact]
    public async Task S18_a_silo_takes_no_pipe_for_it_reads_its_file_again()
    {
        var pipe = Pipe(_files.Path, string.Empty);
        var reader = new RegularFileReader();

        Assert.Contains("a silo needs a regular file", reader.Read(_files.Path).Fault, StringComparison.Ordinal);
        await pipe.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Null(reader.Read(Repository.Path("config", "circuit_breakers.yaml")).Fault);
    }

    [Fact]
    public void S18_a_pipe_that_nobody_writes_to_does_not_hold_a_silo_up()
    {
        Make(_files.Path);
        var reader = new RegularFileReader(TimeSpan.FromMilliseconds(50));

        Assert.Contains("a pipe without a writer", reader.Read(_files.Path).Fault, StringComparison.Ordinal);
        Assert.Contains("a pipe without a writer", reader.Read(_files.Path).Fault, StringComparison.Ordinal);

        // The one open that waits gets its writer, so that the thread ends.
        using var writer = new FileStream(_files.Path, FileMode.Open, FileAccess.Write);
    }

    [Fact]
    public void S18_a_file_that_takes_the_place_of_a_pipe_that_nobody_writes_to_is_read_at_once()
    {
        Make(_files.Path);
        var reader = new RegularFileReader(TimeSpan.FromMilliseconds(50));
        Assert.Contains("a pipe without a writer", reader.Read(_files.Path).Fault, StringComparison.Ordinal);
        var pipe = _files.Path + ".pipe";
        File.Move(_files.Path, pipe);

        _files.Write("circuit_breakers: { enabled: true }");

        Assert.Null(reader.Read(_files.Path).Fault);
        using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write);
    }

    [Fact]
    public void S18_several_that_read_one_file_at_a_time_each_read_all_of_it()
    {
        _files.Write("circuit_breakers: { enabled: true }");
        var reader = new RegularFileReader();
        var expected = new InputReader().Read(_files.Path);

        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, _ =>
        {
            var input = reader.Read(_files.Path);

            Assert.Null(input.Fault);
            Assert.Equal(expected.Hash, input.Hash);
        });
    }

    [Fact]
    public void S18_a_file_that_another_process_holds_open_for_writing_is_read()
    {
        _files.Write("circuit_breakers: { enabled: true }");
        using var writer = new FileStream(_files.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

        Assert.True(_files.Loader.Load().Configuration.Enabled);
    }

    public void Dispose() => _files.Dispose();

    /// <summary>A pipe in the file system, and its writer, which waits for the reader.</summary>
    private static Task Pipe(string path, string content)
    {
        Make(path);
        return Task.Run(() => File.WriteAllText(path, content), TestContext.Current.CancellationToken);
    }

    private static void Make(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
