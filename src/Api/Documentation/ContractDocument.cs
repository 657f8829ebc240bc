using System.Text.Json.Nodes;
using HpoService.Api.Problems;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HpoService.Api.Documentation;

/// <summary>What is said of the whole contract and of every call alike.</summary>
internal sealed class ContractDocument : IOpenApiDocumentTransformer
{
    private const string Problem = "Problem", Later = "Later", Unauthenticated = "Unauthenticated", Key = "key";

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Studies", "What is searched for, where, and for how long."), ("Trials", "Points of a study's space: taken, reported on, ended."),
        ("Insight", "What a study's trials show together."), ("Events", "Changes as they happen, as server-sent events. With a key, stream them with fetch: EventSource can send no header."),
        ("Models", "What the workers can train."), ("Data sets", "What they can train on."), ("Predictions", "What trained models say of new rows."), ("Workers", "Who runs trials inside."),
    ];

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "HpoService", Version = "1",
            Description = "Hyperparameter search: create a study, take suggestions, report results. Errors are RFC 9457 problem documents whose type is a page of this service.",
            Contact = new OpenApiContact { Name = "The HpoService authors" }, License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        foreach (var server in document.Servers ?? [])
            server.Url = server.Url?.TrimEnd('/');
        document.Tags = new HashSet<OpenApiTag>(Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        var components = document.Components ??= new OpenApiComponents();
        (components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>())[Key] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of `hpo key add`. While there is none, callers on the service's own machine need none.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }, []];
        (components.Schemas ??= new Dictionary<string, IOpenApiSchema>())[Problem] = ProblemSchema();
        components.Responses ??= new Dictionary<string, IOpenApiResponse>();
        foreach (var (name, description, header) in new[] { (Problem, "A problem document.", null), (Later, "A problem document: come again later.", "Retry-After"), (Unauthenticated, "A problem document.", "WWW-Authenticate") })
            components.Responses[name] = ProblemAnswer(document, description, header);
        components.Schemas.Remove("SseItemOfObject");
        foreach (var (path, item) in document.Paths)
            foreach (var (method, operation) in item.Operations ?? [])
                Complete(document, path, method, operation);
        return Task.CompletedTask;
    }

    private static void Complete(OpenApiDocument document, string path, HttpMethod method, OpenApiOperation operation)
    {
        var (id, request, response) = Calls.Of(method, path);
        operation.OperationId = id;
        operation.Description = operation.Summary;
        operation.Summary = operation.Summary?.Split(": ")[0].Split(". ")[0].TrimEnd('.') + ".";
        if (request is not null && operation.RequestBody?.Content?.Values.FirstOrDefault() is { } sent)
            sent.Example = request;
        foreach (var (status, answer) in operation.Responses ??= [])
            foreach (var (type, media) in answer.Content ?? new Dictionary<string, OpenApiMediaType>())
            {
                if (type == "text/event-stream")
                    media.Schema = new OpenApiSchema { Type = JsonSchemaType.String };
                if (status[0] == '2' && response is not null)
                    media.Example = response.DeepClone();
            }

        ContractHeaders.Complete(operation);
        foreach (var status in Statuses(path, method, operation))
            operation.Responses.TryAdd(status, new OpenApiResponseReference(status switch { "401" => Unauthenticated, "429" or "503" => Later, _ => Problem }, document));
    }

    private static OpenApiResponse ProblemAnswer(OpenApiDocument document, string description, string? header)
    {
        var answer = new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, document), Example = Example() } },
        };
        if (header is not null)
            ContractHeaders.Add(answer, header);
        return answer;
    }

    private static IEnumerable<string> Statuses(string path, HttpMethod method, OpenApiOperation operation)
    {
        var isChange = method != HttpMethod.Get;
        IEnumerable<(string Status, bool Applies)> all =
        [
            ("400", true), ("401", true), ("403", true), ("404", path.Contains('{')), ("409", isChange), ("412", operation.Parameters?.Any(p => p.Name == "If-Match") == true),
            ("408", operation.OperationId == "addDataSet"), ("413", operation.RequestBody is not null), ("415", operation.RequestBody is not null), ("416", operation.Responses?.ContainsKey("206") == true), ("422", true), ("429", true), ("500", true), ("503", true),
        ];
        return all.Where(s => s.Applies).Select(s => s.Status);
    }

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object, Required = new HashSet<string> { "type", "title", "status" }, Description = "RFC 9457. Further members name what was wrong.",
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("`/problems/{name}`, which is there to be read.", [.. ProblemTypes.Descriptions.Keys.Select(name => (JsonNode)$"/problems/{name}")]),
            ["title"] = Text("What the type means."), ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer }, ["detail"] = Text("The rule, then 'but got' and the values."),
            ["pointer"] = Text("The first field that is wrong, as a JSON pointer."), ["traceId"] = Text("What the service's log has more under."),
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array, Description = "Everything that is wrong.",
                Items = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { ["pointer"] = Text("The field."), ["detail"] = Text("The rule.") } },
            },
        },
    };

    private static OpenApiSchema Text(string description, IList<JsonNode>? values = null) => new() { Type = JsonSchemaType.String, Description = description, Enum = values };

    private static JsonObject Example() => new()
    {
        ["type"] = "/problems/invalid-search-space", ["title"] = ProblemTypes.Descriptions["invalid-search-space"], ["status"] = 422,
        ["detail"] = "low < high must hold, but got [1, 1].", ["pointer"] = "/parameters/0/low",
        ["errors"] = new JsonArray(new JsonObject { ["pointer"] = "/parameters/0/low", ["detail"] = "low < high must hold, but got [1, 1]." }),
    };
}
