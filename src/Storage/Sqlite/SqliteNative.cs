using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace HpoService.Storage.Sqlite;

/// <summary>Makes EF Core 10 run on SQLitePCLRaw 2.0.6 and the system's SQLite; goes away when a newer SQLitePCLRaw can be restored.</summary>
/// <remarks>EF Core asks for SQLitePCLRaw 2.1.11. The runtime refuses the older assembly by itself, then raises
/// <see cref="AssemblyLoadContext.Resolving"/>: answered here. The engine bundled with 2.0.6 is 3.35.5, too old for EF's JSON queries
/// and for known security fixes, so the system's <c>libsqlite3.so.0</c> is taken where there is one.</remarks>
internal static class SqliteNative
{
    /// <summary>Which engine was loaded, for the log.</summary>
    public static string Engine { get; private set; } = "not loaded";

    [ModuleInitializer]
    internal static void Initialize()
    {
        AssemblyLoadContext.Default.Resolving += static (context, name) => name.Name == "SQLitePCLRaw.core"
            ? context.LoadFromAssemblyPath(Path.Combine(Path.GetDirectoryName(typeof(SqliteNative).Assembly.Location)!, "SQLitePCLRaw.core.dll"))
            : null;
        Load();
    }

    // Apart from Initialize, so that nothing of SQLitePCLRaw is touched before the event above is answered.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Load()
    {
        var provider = Assembly.Load("SQLitePCLRaw.provider.e_sqlite3");
        NativeLibrary.SetDllImportResolver(provider, static (name, assembly, paths) =>
            name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var system) ? system : 0);
        SQLitePCL.Batteries_V2.Init();
        Engine = SQLitePCL.raw.sqlite3_libversion().utf8_to_string();
    }
}
