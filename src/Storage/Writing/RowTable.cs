using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace HpoService.Storage.Writing;

/// <summary>Statements and mappings of one table, made of the EF model so that there is one description of it. Parameters are named
/// <c>@p0</c>, <c>@p1</c>, … after the columns' positions.</summary>
internal sealed class RowTable<TRow> where TRow : class
{
    private readonly Func<TRow, object?>[] _values;

    public RowTable(IModel model)
    {
        var type = model.FindEntityType(typeof(TRow))!;
        var properties = type.GetProperties().ToArray();
        var (table, columns) = (Quote(type.GetTableName()!), Array.ConvertAll(properties, p => Quote(p.GetColumnName())));
        var keys = type.FindPrimaryKey()!.Properties.Select(key => Array.IndexOf(properties, key)).ToArray();
        var others = Enumerable.Range(0, columns.Length).Except(keys).ToArray();
        Select = $"SELECT {string.Join(", ", columns)} FROM {table}";
        Insert = $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})";
        Update = $"UPDATE {table} SET {string.Join(", ", others.Select(i => $"{columns[i]} = @p{i}"))} WHERE {string.Join(" AND ", keys.Select(i => $"{columns[i]} = @p{i}"))}";
        Upsert = $"{Insert} ON CONFLICT ({string.Join(", ", keys.Select(i => columns[i]))}) DO UPDATE SET {string.Join(", ", others.Select(i => $"{columns[i]} = excluded.{columns[i]}"))}";
        _values = Array.ConvertAll(properties, Getter);
        Read = Reader(properties);
        AreSame = Comparer(properties);
    }

    public string Select { get; }

    public string Insert { get; }

    public string Update { get; }

    /// <summary>Inserts, or updates the row of that key.</summary>
    public string Upsert { get; }

    /// <summary>Reads what <see cref="Select"/> selects.</summary>
    public Func<DbDataReader, TRow> Read { get; }

    /// <summary>Whether two rows have the same values in every column.</summary>
    public Func<TRow, TRow, bool> AreSame { get; }

    public int Columns => _values.Length;

    public void Bind(TRow row, DbParameterCollection parameters)
    {
        for (var i = 0; i < _values.Length; i++)
            parameters[i].Value = _values[i](row) ?? DBNull.Value;
    }

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

    private static Func<TRow, TRow, bool> Comparer(IProperty[] properties)
    {
        var (a, b) = (Expression.Parameter(typeof(TRow)), Expression.Parameter(typeof(TRow)));
        var same = properties.Select(p => Expression.Equal(Expression.Property(a, p.PropertyInfo!), Expression.Property(b, p.PropertyInfo!)));
        return Expression.Lambda<Func<TRow, TRow, bool>>(same.Aggregate(Expression.AndAlso), a, b).Compile();
    }
}
