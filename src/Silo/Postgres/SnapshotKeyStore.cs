using System.Security.Cryptography;
using Npgsql;
using TaskerCore.Orleans.Grains.Authority;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>The stored snapshot key cannot be used; the message names the row.</summary>
internal sealed class SnapshotKeyException(string message) : Exception(message);

/// <summary>The cluster's snapshot key where none is configured: made once, by whichever silo is first, and kept in Postgres (C7).</summary>
internal sealed class SnapshotKeyStore(SiloDatabase database)
{
    private const string Name = "snapshot_key";
    private const int Length = 32;

    /// <summary>The key; the same for every silo of the database.</summary>
    /// <exception cref="SnapshotKeyException">What is stored is no key.</exception>
    public async Task<byte[]> GetAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        if (await ReadAsync(connection, cancellationToken) is not { } key)
        {
            await using var add = new NpgsqlCommand(
                database.Qualify("INSERT INTO {schema}.cluster_secret (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING"), connection);
            add.Parameters.AddWithValue("name", Name);
            add.Parameters.AddWithValue("value", RandomNumberGenerator.GetBytes(Length));
            await add.ExecuteNonQueryAsync(cancellationToken);
            key = (await ReadAsync(connection, cancellationToken))!;
        }

        return key.Length >= SnapshotSealer.MinKeyLength ? key : throw new SnapshotKeyException(
            $"The snapshot key in the table cluster_secret (name '{Name}') has {key.Length} bytes; at least {SnapshotSealer.MinKeyLength} are needed. Restore the row from a "
            + "backup, or stop all silos, delete the row and start them: they create a new key.");
    }

    private async Task<byte[]?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var read = new NpgsqlCommand(database.Qualify("SELECT value FROM {schema}.cluster_secret WHERE name = @name"), connection);
        read.Parameters.AddWithValue("name", Name);
        return (byte[]?)await read.ExecuteScalarAsync(cancellationToken);
    }
}
