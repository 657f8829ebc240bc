using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HpoService.Api.Tests.Fuzzing;

/// <summary>Makes requests from an OpenAPI document, the same for the same seed: some as the document wants them, most with something wrong.</summary>
public sealed class Fuzzer(FuzzDocument document, int seed)
{
    private static readonly string[] Names = ["fuzz-0", "fuzz-1", "fuzz-2", "fuzz-3", "1", "2", "0", "-1", "none", "..", "%2e%2e", "a%20b", "%00", "%F0%9F%99%82", "9999999999999999999", "'; DROP TABLE studies;--"];
    private static readonly string[] Texts =
    [
        "", " ", "x", "value", "fuzz-0", "random", "gp", "grid", "sobol", "float", "int", "categorical", "log", "external", "training", "command", "none", "median", "minimize", "\0", "\u202e", "🙂🙂",
        "../../etc/passwd", "' OR 1=1 --", "<script>", "{{7*7}}", "%s%n", "NaN", "Infinity", "1e999", "x >= 0", "x < 0 and (x", "=cmd|'/c calc'!A0", new('a', 300), new('é', 5000),
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "2", "3", "5", "10", "100", "1000", "1001", "0.5", "1e-300", "1e300", "-1e300", "1e999", "2147483647", "2147483648", "-2147483649", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "123456789012345678901234567890", "0.1", "60",
    ];

    private readonly Random _random = new(seed);
    private readonly FuzzForms _forms = new(seed);

    public (FuzzCall Call, HttpRequestMessage Request, string Text) Next()
    {
        var call = document.Calls[_random.Next(document.Calls.Count)];
        var path = new StringBuilder(string.Join('/', call.Path.Split('/').Select(part => part.StartsWith('{') ? Segment(part) : part)));
        foreach (var name in call.Query.Where(_ => _random.Next(3) == 0))
            path.Append(path.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(Cut(QueryValue(name))));
        var request = new HttpRequestMessage(call.Method, new Uri(path.ToString(), UriKind.Relative));
        foreach (var name in call.Headers.Where(_ => _random.Next(3) == 0))
            request.Headers.TryAddWithoutValidation(name, name == "If-Match" ? Pick("\"1\"", "*", "W/\"3\"", "\"x", "7, 8") : name == "Last-Event-ID" ? Pick("0", "5", "-1", "x") : $"key-{_random.Next(6)}");
        var isForm = call.MediaType == "multipart/form-data" && _random.Next(10) > 0;
        var body = call.Body is { } schema && !isForm ? Body(call, schema) : null;
        if (isForm)
            (request.Content, body) = _forms.Next([.. document.Resolve(call.Body!.Value).GetProperty("properties").EnumerateObject().Select(p => p.Name)]);
        else if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", _random.Next(40) == 0 ? Pick("text/plain", "application/xml", "application/json; charset=none", "x") : "application/json");
        }

        return (call, request, $"{call.Method} {path} {body?[..Math.Min(body.Length, 600)]}");
    }

    private string Segment(string part) => part switch
    {
        "{study}" => _random.Next(8) > 0 ? $"fuzz-{_random.Next(4)}" : Pick(Names),
        "{n}" => _random.Next(8) > 0 ? $"{_random.Next(6)}" : Pick("-1", "2147483648", "x", "00"),
        _ => Pick("digits", "mlp", "none", FuzzForms.Name(_random), "..", "%2e%2e%2flog", "a%00", new string('n', 400)),
    };

    private string QueryValue(string name) => _random.Next(4) == 0 ? Pick(Texts) : name switch
    {
        "limit" or "points" or "trials" or "since" or "after" => Pick(Numbers),
        "state" => Pick("active", "running", "completed", "7"),
        "sort" => Pick("number", "-value", "changed", "x"),
        "fields" => Pick("number", "number,state", ",", "x"),
        "format" => Pick("csv", "json", "ndjson", "exe"),
        "metric" or "x" or "y" or "parameter" => Pick("value", "x", "y", "none"),
        _ => Pick(Texts),
    };

    private string Body(FuzzCall call, JsonElement schema)
    {
        if (_random.Next(30) == 0)
            return Pick("", "null", "[]", "{", "\"", "{\"a\":1,\"a\":2}", "\ufeff{}", new string('[', 5000), "{\"name\":\"\\ud800\"}");
        var node = call.Example is not null && _random.Next(3) > 0 ? call.Example.DeepClone() : Value(schema, 0);
        for (var changes = _random.Next(4); changes > 0; changes--)
            Change(node);
        if (node is JsonObject study && study.ContainsKey("name") && _random.Next(5) > 0)
            study["name"] = $"fuzz-{_random.Next(4)}";
        // The encoder writes lone surrogates as it finds them; the texts here have none.
        return node?.ToJsonString() ?? "null";
    }

    private JsonNode? Value(JsonElement schema, int depth)
    {
        schema = document.Resolve(schema);
        if (_random.Next(25) == 0)
            return Any();
        foreach (var choice in new[] { "oneOf", "anyOf" })
            if (schema.TryGetProperty(choice, out var options))
                return Value(options[_random.Next(options.GetArrayLength())], depth);
        if (schema.TryGetProperty("enum", out var values))
            return JsonNode.Parse(values[_random.Next(values.GetArrayLength())].GetRawText());
        var type = schema.TryGetProperty("type", out var given) ? given.ValueKind == JsonValueKind.Array ? given.EnumerateArray().Last().GetString() : given.GetString() : "";
        switch (type)
        {
            case "object":
                var filled = new JsonObject();
                var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(n => n.GetString()).ToList() : [];
                if (schema.TryGetProperty("properties", out var properties) && depth < 6)
                    foreach (var property in properties.EnumerateObject().Where(p => required.Contains(p.Name) ? _random.Next(30) > 0 : _random.Next(3) == 0))
                        filled[property.Name] = Value(property.Value, depth + 1);
                if (schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.Object)
                    for (var i = _random.Next(3); i > 0; i--)
                        filled[Pick("value", "x", "y", Pick(Texts))] = Value(more, depth + 1);
                return filled;
            case "array":
                var items = schema.TryGetProperty("items", out var item) ? item : default;
                return new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => items.ValueKind == JsonValueKind.Object ? Value(items, depth + 1) : Any())]);
            case "boolean": return _random.Next(2) == 0;
            case "integer" or "number": return JsonNode.Parse(Pick(Numbers));
            default: return Pick(Texts);
        }
    }

    // Anything anywhere: a field gone, renamed, of another type.
    private void Change(JsonNode? node)
    {
        for (var hops = _random.Next(5); hops > 0 && Child(node) is { } child; hops--)
            node = child;
        if (node is JsonObject some && some.Count > 0)
        {
            var name = some.ElementAt(_random.Next(some.Count)).Key;
            switch (_random.Next(4))
            {
                case 0: some.Remove(name); break;
                case 1: some[Pick(Texts)] = Any(); break;
                default: some[name] = Any(); break;
            }
        }
        else if (node is JsonArray list)
        {
            if (list.Count > 0 && _random.Next(2) == 0)
                list.RemoveAt(_random.Next(list.Count));
            else
                list.Add(list.Count > 0 ? list[_random.Next(list.Count)]?.DeepClone() : Any());
        }
    }

    private JsonNode? Child(JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } some => some.ElementAt(_random.Next(some.Count)).Value,
        JsonArray { Count: > 0 } list => list[_random.Next(list.Count)],
        _ => null,
    };

    private JsonNode? Any() => _random.Next(8) switch
    {
        0 => null,
        1 => true,
        2 => new JsonArray(),
        3 => new JsonObject(),
        4 or 5 => JsonNode.Parse(Pick(Numbers)),
        _ => Pick(Texts),
    };

    private static string Cut(string text) => text.Length <= 500 ? text : text[..500];

    private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];
}
