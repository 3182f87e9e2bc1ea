using System.Security.Cryptography;
using Npgsql;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>The cluster's snapshot key where none is configured: made once, by whichever silo is first, and kept in Postgres (C7).</summary>
internal sealed class SnapshotKeyStore(NpgsqlDataSource source)
{
    private const string Name = "snapshot_key";
    private const int Length = 32;

    /// <summary>The key; the same for every silo of the database.</summary>
    public async Task<byte[]> GetAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var add = new NpgsqlCommand("INSERT INTO cluster_secret (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING", connection);
        add.Parameters.AddWithValue("name", Name);
        add.Parameters.AddWithValue("value", RandomNumberGenerator.GetBytes(Length));
        await add.ExecuteNonQueryAsync(cancellationToken);
        await using var read = new NpgsqlCommand("SELECT value FROM cluster_secret WHERE name = @name", connection);
        read.Parameters.AddWithValue("name", Name);
        return (byte[])(await read.ExecuteScalarAsync(cancellationToken))!;
    }
}
