using System.Data.Common;
using System.Linq.Expressions;
using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace HpoService.Storage.Writing;

/// <summary>Statements and mappings of one table, made of the EF model so that there is one description of it. A set of columns is a bit mask
/// of their positions; the parameters are <c>$1</c>, <c>$2</c>, … in their order.</summary>
internal sealed class RowTable<TRow> where TRow : class
{
    private readonly string _name;
    private readonly string[] _columns;
    private readonly Func<TRow, object?>[] _values;
    private readonly RelationalTypeMapping[] _types;

    public RowTable(IModel model)
    {
        var type = model.FindEntityType(typeof(TRow))!;
        var properties = type.GetProperties().ToArray();
        (_name, _columns) = (Quote(type.GetTableName()!), Array.ConvertAll(properties, p => Quote(p.GetColumnName())));
        Keys = type.FindPrimaryKey()!.Properties.Aggregate(0UL, (mask, key) => mask | 1UL << Array.IndexOf(properties, key));
        Select = $"SELECT {string.Join(", ", _columns)} FROM {_name}";
        _values = Array.ConvertAll(properties, Getter);
        _types = Array.ConvertAll(properties, p => p.GetRelationalTypeMapping());
        Read = Reader(properties);
        Changes = Differ(properties);
    }

    /// <summary>The columns of the primary key.</summary>
    public ulong Keys { get; }

    public string Select { get; }

    /// <summary>Reads what <see cref="Select"/> selects.</summary>
    public Func<DbDataReader, TRow> Read { get; }

    /// <summary>The columns in which two rows differ.</summary>
    public Func<TRow, TRow, ulong> Changes { get; }

    public int Columns => _columns.Length;

    /// <summary>The columns in which a row has something.</summary>
    public ulong Filled(TRow row)
    {
        var filled = Keys;
        for (var i = 0; i < _values.Length; i++)
            if (_values[i](row) is not null)
                filled |= 1UL << i;
        return filled;
    }

    public object Value(TRow row, int column) => _values[column](row) ?? DBNull.Value;

    /// <summary>A parameter of a column's type, without a value.</summary>
    public DbParameter CreateParameter(DbCommand command, string name, int column)
    {
        var parameter = _types[column].CreateParameter(command, name, null);
        parameter.IsNullable = true;
        return parameter;
    }

    public string Insert(ulong columns) => $"INSERT INTO {_name} ({List(columns, i => _columns[i])}) VALUES ({List(columns, i => Parameter(columns, i))})";

    public string Update(ulong columns) =>
        $"UPDATE {_name} SET {List(columns & ~Keys, i => $"{_columns[i]} = {Parameter(columns, i)}")} WHERE {List(Keys, i => $"{_columns[i]} = {Parameter(columns, i)}", " AND ")}";

    /// <summary>Inserts, or updates the row of that key.</summary>
    public string Upsert(ulong columns) =>
        $"{Insert(columns)} ON CONFLICT ({List(Keys, i => _columns[i])}) DO UPDATE SET {List(columns & ~Keys, i => $"{_columns[i]} = excluded.{_columns[i]}")}";

    private string List(ulong columns, Func<int, string> part, string separator = ", ") =>
        string.Join(separator, Enumerable.Range(0, Columns).Where(i => (columns >> i & 1) != 0).Select(part));

    private static string Parameter(ulong columns, int column) => $"${BitOperations.PopCount(columns & ((1UL << column) - 1)) + 1}";

    private static string Quote(string name) => $"\"{name}\"";

    private static Func<TRow, object?> Getter(IProperty property)
    {
        var row = Expression.Parameter(typeof(TRow));
        var get = Expression.Lambda<Func<TRow, object?>>(Expression.Convert(Expression.Property(row, property.PropertyInfo!), typeof(object)), row).Compile();
        return property.GetTypeMapping().Converter is { } converter ? r => converter.ConvertToProvider(get(r)) : get;
    }

    private static Func<DbDataReader, TRow> Reader(IProperty[] properties)
    {
        var reader = Expression.Parameter(typeof(DbDataReader));
        var bindings = properties.Select((property, i) =>
        {
            var converter = property.GetTypeMapping().Converter;
            var stored = converter?.ProviderClrType ?? Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
            Expression value = Expression.Call(reader, nameof(DbDataReader.GetFieldValue), [stored], Expression.Constant(i));
            if (converter is not null)
                value = Expression.Invoke(Expression.Constant(converter.ConvertFromProvider), Expression.Convert(value, typeof(object)));
            return Expression.Bind(property.PropertyInfo!, Expression.Condition(
                Expression.Call(reader, nameof(DbDataReader.IsDBNull), null, Expression.Constant(i)),
                Expression.Default(property.ClrType), Expression.Convert(value, property.ClrType)));
        });
        return Expression.Lambda<Func<DbDataReader, TRow>>(Expression.MemberInit(Expression.New(typeof(TRow)), bindings), reader).Compile();
    }

    private static Func<TRow, TRow, ulong> Differ(IProperty[] properties)
    {
        var (a, b) = (Expression.Parameter(typeof(TRow)), Expression.Parameter(typeof(TRow)));
        var bits = properties.Select((p, i) => (Expression)Expression.Condition(
            Expression.Equal(Expression.Property(a, p.PropertyInfo!), Expression.Property(b, p.PropertyInfo!)), Expression.Constant(0UL), Expression.Constant(1UL << i)));
        return Expression.Lambda<Func<TRow, TRow, ulong>>(bits.Aggregate(Expression.Or), a, b).Compile();
    }
}
