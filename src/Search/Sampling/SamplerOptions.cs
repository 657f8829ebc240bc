using System.Text.Json;

namespace HpoService.Search.Sampling;

/// <summary>Reads the options of a sampler or pruner strictly.</summary>
internal static class SamplerOptions
{
    /// <summary>The options record of a JSON object; defaults where nothing is given.</summary>
    /// <exception cref="InvalidStudyException">An unknown option or a wrong type, with a pointer below <paramref name="root"/>.</exception>
    public static T Read<T>(JsonElement? options, string root) where T : new()
    {
        try
        {
            return options is { } json ? json.Deserialize<T>(HpoJson.Options) ?? new T() : new T();
        }
        catch (JsonException e)
        {
            var known = string.Join(", ", typeof(T).GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)));
            var pointer = root + (e.Path ?? "$")[1..].Replace('.', '/');
            throw new InvalidStudyException(pointer, $"options must be known and of the right type, one of [{known}], but got {options}.");
        }
    }
}
