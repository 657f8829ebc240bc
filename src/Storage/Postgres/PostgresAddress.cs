using HpoService.Search;
using Npgsql;

namespace HpoService.Storage.Postgres;

/// <summary>Where a PostgreSQL database is: a connection string of Npgsql's, or a URL as PostgreSQL's own programs take it.</summary>
internal static class PostgresAddress
{
    private const string Rule = "database must be a connection string (Host=…;Database=…;Username=…) or postgres://user:password@host:port/database, but got ";

    /// <exception cref="HpoException">It is neither. The message does not repeat it, as a password may be in it.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string address)
    {
        try
        {
            var parsed = address.StartsWith("postgres://", StringComparison.Ordinal) || address.StartsWith("postgresql://", StringComparison.Ordinal)
                ? OfUrl(new Uri(address))
                : new NpgsqlConnectionStringBuilder(address);
            return parsed.Host is { Length: > 0 } ? parsed : throw new HpoException("/database", $"{Rule}one without a host.");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new HpoException("/database", $"{Rule}one that is neither.");
        }
    }

    private static NpgsqlConnectionStringBuilder OfUrl(Uri url)
    {
        var parsed = new NpgsqlConnectionStringBuilder { Host = url.Host };
        if (url.Port > 0)
            parsed.Port = url.Port;
        if (Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')) is { Length: > 0 } database)
            parsed.Database = database;
        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            parsed.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            parsed.Password = Uri.UnescapeDataString(user[1]);
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)))
        {
            var (name, value) = (pair[0].Replace('_', ' '), Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? ""));
            if (name == "host")
                parsed.Host = value; // the folder of a socket
            else
                parsed[name] = name == "sslmode" ? value.Replace("-", "") : value;
        }

        return parsed;
    }
}
