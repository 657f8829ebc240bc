using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using HpoService.Search.Spaces;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HpoService.Api.Documentation;

/// <summary>Says in schemas what the framework cannot know or says wrongly.</summary>
internal static class ContractSchemas
{
    public static Task CorrectAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(ParameterValue))
            Become(schema, Value());
        else if (type == typeof(ParameterValues))
            Become(schema, Values());
        else if (schema.Type is { } types && types.HasFlag(JsonSchemaType.Array) && schema.Items is null)
            schema.Items = context.JsonTypeInfo.ElementType == typeof(ParameterValues) ? Values()
                : context.JsonTypeInfo.ElementType == typeof(JsonElement) ? Row() : Value();

        // A number that may also be "NaN" is no object.
        if (schema.AnyOf is [{ Type: JsonSchemaType.Number }, ..])
            (schema.Type, schema.Format) = (null, null);
        if (schema.AdditionalProperties is OpenApiSchema { AnyOf: [{ Type: JsonSchemaType.Number }, ..] } number)
            (number.Type, number.Format) = (null, null);

        if (context.JsonTypeInfo.Properties.Any(property => property.IsExtensionData))
            (schema.AdditionalPropertiesAllowed, schema.AdditionalProperties) = (true, new OpenApiSchema { Description = "The fields of the only trial." });

        // Null is not written: a field that may be null may be absent, but for the few that say otherwise.
        foreach (var property in context.JsonTypeInfo.Properties)
            if (schema.Required?.Contains(property.Name) == true && MayBeNull(property)
                && property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), true) is not [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.Never }])
                schema.Required.Remove(property.Name);
        return Task.CompletedTask;
    }

    private static bool MayBeNull(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsGetNullable;

    private static OpenApiSchema Value() => new()
    {
        AnyOf = [new OpenApiSchema { Type = JsonSchemaType.Number }, new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchema { Type = JsonSchemaType.Boolean }],
        Description = "A number, a string or a boolean.",
    };

    // Of a data set.
    private static OpenApiSchema Row() => new()
    {
        AnyOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.Object }, new OpenApiSchema { Type = JsonSchemaType.String },
            new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema() },
        ],
        Description = "Values by column, a text, or nested arrays of numbers.",
    };

    private static OpenApiSchema Values() => new()
    {
        Type = JsonSchemaType.Object, AdditionalProperties = Value(), Description = "Values by parameter.",
    };

    private static void Become(OpenApiSchema schema, OpenApiSchema other) =>
        (schema.Type, schema.AnyOf, schema.AdditionalProperties, schema.Description) = (other.Type, other.AnyOf, other.AdditionalProperties, other.Description);
}
