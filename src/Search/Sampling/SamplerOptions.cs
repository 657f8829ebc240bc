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
            throw new InvalidStudyException([new Violation(root + JsonPointer.Of(e), $"options must be known and of the right type, one of [{known}], but got {options}.", IsMalformed: true)]);
        }
    }

    /// <summary>Refuses an option that breaks a rule.</summary>
    /// <param name="holds">Whether it keeps the rule.</param>
    /// <param name="root">Where the settings stand, such as <c>/pruner</c>.</param>
    /// <param name="name">The option's.</param>
    /// <param name="rule">Such as <c>patience >= 1</c>.</param>
    /// <param name="got">Its value.</param>
    /// <exception cref="InvalidStudyException">It does not hold.</exception>
    public static void Require(bool holds, string root, string name, string rule, object? got)
    {
        if (!holds)
            throw new InvalidStudyException($"{root}/options/{name}", $"{rule} must hold, but got {got}.");
    }
}
