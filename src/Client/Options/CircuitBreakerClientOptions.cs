using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.Client;

/// <summary>How a worker takes part in the cluster's breakers.</summary>
/// <remarks>Read once, when the host starts. All of it can be bound from configuration, but for <see cref="LocalConfiguration"/> and
/// <see cref="Classifiers"/>, which are set in code.</remarks>
public sealed class CircuitBreakerClientOptions
{
    /// <summary>The silos' gateways, <c>host:port</c> each (port 30000 where left out). Names are resolved again every 10 s, and every 2 s while no
    /// gateway answers; a name that cannot be resolved keeps its last addresses, and a connection that answers stays open. Empty, the default: the <c>IClusterClient</c> that is registered already is used.</summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>TLS to the gateways, with a certificate of this worker's; null, the default: none, and then only gateways without TLS are
    /// reached. Files that are missing or no good keep the worker from the cluster, not from starting: it says so, decides for itself (C8),
    /// and looks again.</summary>
    public TlsOptions? Tls { get; set; }

    /// <summary>The cluster's id. Default <c>taskercore</c>, as the silo's.</summary>
    public string ClusterId { get; set; } = "taskercore";

    /// <summary>The service's id. Default <c>taskercore</c>, as the silo's.</summary>
    public string ServiceId { get; set; } = "taskercore";

    /// <summary>This worker's name in histories: 1–128 characters. Default: machine name and process id.</summary>
    public string WorkerName { get; set; } =
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}");

    /// <summary>The period of renewals, and how long an answer may be missing before the worker decides for itself (C8).
    /// 0.1–60 s, default 2 s.</summary>
    public TimeSpan RenewalInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long outcomes that decide nothing may wait to be reported (C2). 0.1–60 s, default 5 s.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The lowest level at which the Orleans client behind <see cref="Gateways"/> writes to the worker's log. Its categories begin with
    /// <c>TaskerCore.Orleans.Client.Inner</c>, and the application's filter rules for that prefix take precedence. Default
    /// <see cref="LogLevel.Error"/>: below it Orleans repeats each failed connection attempt with its stack trace.</summary>
    public LogLevel OrleansLogLevel { get; set; } = LogLevel.Error;

    /// <summary>How long a stopping worker takes at most to report what is left. 0–60 s, default 2 s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The settings that hold until the cluster has answered (S19). Default: the built-in ones, and the pgmq preset.
    /// It is set in code, not bound.</summary>
    public CircuitBreakerConfiguration LocalConfiguration { get; set; } = new()
    {
        Components = System.Collections.Immutable.ImmutableSortedDictionary.Create<string, BreakerSettings>(StringComparer.Ordinal).Add(
            "pgmq",
            new BreakerSettings { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(15), SuccessThreshold = 2 }),
    };

    /// <summary>What a failure is, by component (S11). The default for the others is <see cref="OutcomeClassifier.Default"/>.
    /// It is set in code, not bound.</summary>
    public IDictionary<string, OutcomeClassifier> Classifiers { get; } = new Dictionary<string, OutcomeClassifier>(StringComparer.Ordinal);
}
