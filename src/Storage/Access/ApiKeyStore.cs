using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>What a key may do; each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>See everything.</summary>
    Read,

    /// <summary>Run trials: suggest, report, complete.</summary>
    Worker,

    /// <summary>Create, change and delete studies.</summary>
    Write,

    /// <summary>Drain workers and whatever else concerns the service itself.</summary>
    Admin,
}

/// <summary>A key as it is stored: without its secret.</summary>
/// <param name="Id">The part that is no secret.</param>
/// <param name="Name">Whose it is.</param>
/// <param name="Role">What it may do.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="RevokedAt">Since when it is worth nothing, UTC.</param>
public sealed record ApiKeyView(string Id, string Name, Role Role, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>The keys of the API. A key is <c>hpo_{id}_{secret}</c>; of the secret only a salted PBKDF2 hash is stored.</summary>
public sealed class ApiKeyStore(Database database, TimeProvider time)
{
    private const string Prefix = "hpo_";
    private const int IdLength = 12, Iterations = 100_000, HashLength = 32;

    /// <summary>Makes a key.</summary>
    /// <returns>The whole key, which nobody can see again.</returns>
    /// <exception cref="InvalidValuesException">The name is taken, or no 1 to 100 letters, digits, dots, underscores, hyphens, or @.</exception>
    public async Task<string> AddAsync(string name, Role role, CancellationToken cancellationToken)
    {
        if (name.Length is < 1 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@'))
            throw new InvalidValuesException("/name", $"a name must be 1 to 100 letters, digits, '.', '_', '-' or '@', but got '{name}'.");
        var (id, secret, salt) = (RandomNumberGenerator.GetHexString(IdLength, lowercase: true), RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(16));
        var text = Base64Url.EncodeToString(secret);
        await database.WriteAsync(async db =>
        {
            if (await db.ApiKeys.AnyAsync(k => k.Name == name, default))
                throw new InvalidValuesException("/name", $"a key's name must be new, also among revoked ones, but got '{name}'.");
            return db.ApiKeys.Add(new ApiKeyRow
            {
                Id = id, Name = name, Role = role.ToString(), Salt = salt, Hash = Hash(text, salt), CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
            });
        }, cancellationToken);
        return $"{Prefix}{id}_{text}";
    }

    /// <summary>All keys, the revoked ones among them, by name.</summary>
    public async Task<IReadOnlyList<ApiKeyView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return (await db.ApiKeys.AsNoTracking().OrderBy(k => k.Name).ToListAsync(cancellationToken)).ConvertAll(View);
    }

    /// <summary>Makes a key worthless, within seconds everywhere.</summary>
    /// <exception cref="NotFoundException">There is none of that name.</exception>
    public Task<ApiKeyView> RevokeAsync(string name, CancellationToken cancellationToken) => database.WriteAsync(async db =>
    {
        var row = await db.ApiKeys.FirstOrDefaultAsync(k => k.Name == name, default) ?? throw new NotFoundException("key", name);
        row.RevokedAt ??= time.GetUtcNow().ToUnixTimeMilliseconds();
        return View(row);
    }, cancellationToken);

    /// <summary>The key that a text is, or null. Takes long, on purpose: keep what it says.</summary>
    public async Task<ApiKeyView?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (IdOf(key) is not { } id)
            return null;
        await using var db = database.Open();
        var row = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(k => k.Id == id, cancellationToken);
        return row is not null && CryptographicOperations.FixedTimeEquals(Hash(key[(Prefix.Length + IdLength + 1)..], row.Salt), row.Hash) ? View(row) : null;
    }

    /// <summary>The part of a key that is no secret; null when the text is no key.</summary>
    public static string? IdOf(string key) =>
        key.Length is > 20 and <= 200 && key.StartsWith(Prefix, StringComparison.Ordinal) && key[Prefix.Length + IdLength] == '_' ? key.Substring(Prefix.Length, IdLength) : null;

    private static byte[] Hash(string secret, byte[] salt) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), salt, Iterations, HashAlgorithmName.SHA256, HashLength);

    private static ApiKeyView View(ApiKeyRow row) => new(row.Id, row.Name, Enum.Parse<Role>(row.Role), Mapping.ToTime(row.CreatedAt), Mapping.ToTime(row.RevokedAt));
}
