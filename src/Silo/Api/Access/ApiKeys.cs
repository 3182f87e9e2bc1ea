using System.Security.Cryptography;
using System.Text;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Silo.Api.Access;

/// <summary>The keys of the section <c>Api</c>, as hashes: who may command, and who may ask.</summary>
/// <remarks>Immutable; safe for any number of threads.</remarks>
internal sealed class ApiKeys
{
    /// <summary>The least length of a key.</summary>
    public const int MinKeyLength = 16;

    private readonly IReadOnlyList<(byte[] Hash, ApiCaller Caller)> _keys;

    private ApiKeys(IReadOnlyList<(byte[] Hash, ApiCaller Caller)> keys, bool readsNeedKey, LoopbackCommands loopback)
    {
        _keys = keys;
        ReadsNeedKey = readsNeedKey;
        Loopback = loopback;
        HasOperators = keys.Any(key => key.Caller.MayCommand);
    }

    /// <summary>Whether any key for commands is set; without one <see cref="Loopback"/> decides.</summary>
    public bool HasOperators { get; }

    /// <summary>Whether commands without a key are accepted from loopback, while no operator key is set.</summary>
    public LoopbackCommands Loopback { get; }

    /// <summary>Whether questions need a key too.</summary>
    public bool ReadsNeedKey { get; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="InvalidOperationException">They are not valid; the message names all that is wrong, and no key.</exception>
    public static ApiKeys Read(IConfiguration configuration)
    {
        var faults = new List<string>();
        var keys = new List<(byte[] Hash, ApiCaller Caller)>();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        AddAll(SettingKeys.OperatorKeys, mayCommand: true);
        AddAll(SettingKeys.ReadKeys, mayCommand: false);
        var readsNeedKey = ReadSwitch();
        if (readsNeedKey && settings.Count == 0 && faults.Count == 0)
        {
            faults.Add($"{SettingKeys.ReadsNeedKey} is true, but no key is set: set {SettingKeys.ReadKeys}:<name> or {SettingKeys.OperatorKeys}:<name>");
        }

        var loopback = LoopbackCommands.Read(configuration, out var loopbackFault);
        if (loopbackFault is not null)
        {
            faults.Add(loopbackFault);
        }

        return faults.Count == 0
            ? new ApiKeys(keys, readsNeedKey, loopback)
            : throw new InvalidOperationException("The API's settings are invalid: " + string.Join("; ", faults) + ".");

        void AddAll(string section, bool mayCommand)
        {
            if (configuration[section] is { Length: > 0 })
            {
                faults.Add($"{section} has a value; write {section}:<name> = <key>");
            }

            foreach (var entry in configuration.GetSection(section).GetChildren())
            {
                var setting = $"{section}:{entry.Key}";
                if (OperatorCommand.ActorFault(entry.Key) is { } fault)
                {
                    faults.Add($"a name in {section} {fault}");
                }
                else if (entry.Value is not { Length: >= MinKeyLength } key || key.Any(sign => sign is < '!' or > '~'))
                {
                    faults.Add($"{setting} must have at least {MinKeyLength} ASCII characters without spaces");
                }
                else if (!settings.TryAdd(key, setting))
                {
                    faults.Add($"{setting} has the same key as {settings[key]}; each name needs its own key");
                }
                else
                {
                    keys.Add((Hash(key), new ApiCaller(entry.Key, mayCommand)));
                }
            }
        }

        bool ReadSwitch()
        {
            var text = configuration[SettingKeys.ReadsNeedKey];
            var value = false;
            if (!string.IsNullOrEmpty(text) && !bool.TryParse(text, out value))
            {
                faults.Add($"{SettingKeys.ReadsNeedKey} must be true or false");
            }

            return value;
        }
    }

    /// <summary>Whose key it is; null: nobody's. Compares all of them, in a time that tells nothing.</summary>
    public ApiCaller? Find(string shown)
    {
        var hash = Hash(shown);
        ApiCaller? found = null;
        foreach (var (known, caller) in _keys)
        {
            found = CryptographicOperations.FixedTimeEquals(known, hash) ? caller : found;
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

/// <summary>Who has a key.</summary>
/// <param name="Name">The name that it is set under: the actor of its commands.</param>
/// <param name="MayCommand">Whether it is an operator's; else it is for questions alone.</param>
internal sealed record ApiCaller(string Name, bool MayCommand);
