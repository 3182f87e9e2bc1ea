using System.Collections;
using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;
using TaskerCore.Orleans.Configuration;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>The breakers' settings: those of a file, and those in force.</summary>
internal static class ConfigCommand
{
    private const string EnvironmentVariable = "TASKER_ENV";

    public static Command Make(CommandScope scope) => new("config", "Check a settings file, or show the settings in force and their sources")
    {
        Validate(scope),
        Show(scope),
    };

    private static Command Validate(CommandScope scope)
    {
        var file = new Argument<string>("FILE") { Description = "The YAML file; the overlay beside it is included. '-' reads standard input, without an overlay" };
        var environment = EnvironmentOption();
        var command = new Command("validate", "Check a file as a silo does at its start, and report all faults with their places") { file, environment };
        command.SetAction(parsed =>
        {
            var loader = Loader(scope.Host, parsed.GetRequiredValue(file), parsed.GetValue(environment));
            var (loaded, files, faults) = TryLoad(loader);
            var report = new Validation(loaded is not null, loader.EnvironmentName, files, faults?.Faults ?? []);
            scope.PrinterFor(parsed).Print(Json.Of(report), console =>
            {
                if (loaded is not null)
                {
                    console.WriteLine(
                        $"Valid for the environment {loader.EnvironmentName}: {string.Join(", ", loaded.Files)}; "
                        + $"components: {(loaded.Configuration.Components.IsEmpty ? "none" : string.Join(", ", loaded.Configuration.Components.Keys))}.");
                }
                else
                {
                    // Like the silo's own log, word for word.
                    scope.Host.Error.WriteLine(faults!.Message);
                }
            });
            return loaded is not null ? ExitCode.Ok : ExitCode.Invalid;
        });
        return command;
    }

    private static Command Show(CommandScope scope)
    {
        var name = ComponentArgument.Make(scope);
        name.Arity = ArgumentArity.ZeroOrOne;
        name.Description = "The component (default: all settings)";
        var file = new Option<string?>("--file", "-f") { Description = "Show the settings of this file instead of a running silo's. '-' reads standard input", HelpName = "FILE" };
        var environment = EnvironmentOption();
        var command = new Command("show", "Show the settings in force and the source of each") { name, file, environment };
        command.Validators.Add(result =>
        {
            if (result.GetResult(environment) is not null && result.GetResult(file) is null)
            {
                result.AddError("Option '--environment' requires '--file': a running silo has its own environment.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var component = parsed.GetValue(name);
            var (json, report) = parsed.GetValue(file) is { } path
                ? Local(Loader(scope.Host, path, parsed.GetValue(environment)), component)
                : await FromSiloAsync(scope, parsed, component, cancellationToken);
            scope.PrinterFor(parsed).Print(json, console => Print(console, report));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Answer<ConfigurationReport> Local(ConfigurationLoader loader, string? component)
    {
        if (component is not null && !ComponentName.IsValid(component))
        {
            throw new CliFault(ExitCode.Invalid, ComponentName.Fault(component));
        }

        var (loaded, _, faults) = TryLoad(loader);
        if (faults is not null)
        {
            throw new CliFault(ExitCode.Invalid, faults.Message);
        }

        // By way of JSON, so that both kinds of answer are shown alike.
        var json = Json.Of(ConfigurationReport.Of(loaded!, component));
        return new(json, json.Deserialize<ConfigurationReport>(Json.Options)!);
    }

    private static async Task<Answer<ConfigurationReport>> FromSiloAsync(CommandScope scope, ParseResult parsed, string? component, CancellationToken cancellationToken)
    {
        using var api = scope.OpenApi(parsed);
        return await api.ConfigurationAsync(component, cancellationToken);
    }

    private static void Print(IAnsiConsole console, ConfigurationReport report)
    {
        foreach (var line in StandingLines.Of(report))
        {
            console.WriteLine(Shown.Line(line), new Style(Color.Red, decoration: Decoration.Bold));
        }

        console.WriteLine(Shown.Line(
            (report.Name is null ? string.Empty : $"{report.Name} ({(report.Configured is true ? "configured" : "not configured: the default's settings")}); ")
            + (report.Version is { } version ? $"version {Shown.Number(version)}; " : string.Empty)
            + $"environment {report.Environment}; files {string.Join(", ", report.Files)}"));
        console.Write(Tables.Settings(report.Settings));
        if (report.InForce is false)
        {
            console.WriteLine("This silo's files are not in force: another silo's are. To apply them, edit and save a file while the silo runs.");
            if (report.Superseded.Count > 0)
            {
                console.WriteLine("Differences of this silo's files:");
                console.Write(Tables.Settings(report.Superseded));
            }
        }
    }

    private static Option<string?> EnvironmentOption() =>
        new("--environment", "-e") { Description = $"The environment whose overlay is applied. Default: {EnvironmentVariable}, else DOTNET_ENVIRONMENT, else production", HelpName = "NAME" };

    private static ConfigurationLoader Loader(CliHost host, string file, string? environment)
    {
        var variables = new Hashtable(host.Variables);
        if (environment is not null)
        {
            variables[EnvironmentVariable] = environment;
        }

        return new ConfigurationLoader(file, variables, new InputReader(host.OpenInput));
    }

    /// <summary>Loads, from files that are read once.</summary>
    private static (LoadedConfiguration? Loaded, IReadOnlyList<string> Files, ConfigurationFaultsException? Faults) TryLoad(ConfigurationLoader loader)
    {
        IReadOnlyList<string> files = [];
        try
        {
            var inputs = loader.Read();
            files = [.. inputs.All.Select(input => input.Path)];
            return (loader.Load(inputs), files, null);
        }
        catch (ConfigurationFaultsException faults)
        {
            return (null, files, faults);
        }
    }

    private sealed record Validation(bool Valid, string Environment, IReadOnlyList<string> Files, IReadOnlyList<ConfigurationFault> Faults);
}
