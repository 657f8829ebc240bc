using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HpoService.Api.Contracts;

/// <summary>Refuses null as an item of a list or as a value of a map, which nullable annotations alone do not.</summary>
internal static class NoNulls
{
    public static void Modify(JsonTypeInfo type)
    {
        if (type.Kind is JsonTypeInfoKind.Enumerable)
            type.OnDeserialized = list => Check((IEnumerable)list);
        else if (type.Kind is JsonTypeInfoKind.Dictionary)
            type.OnDeserialized = map => Check(((IDictionary)map).Values);
    }

    private static void Check(IEnumerable items)
    {
        foreach (var item in items)
            if (item is null)
                throw new JsonException();
    }
}
