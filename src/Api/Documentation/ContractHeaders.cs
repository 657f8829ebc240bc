using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace HpoService.Api.Documentation;

/// <summary>What is said of parameters and headers, wherever they stand.</summary>
internal static class ContractHeaders
{
    private static readonly Dictionary<string, string> Parameters = new()
    {
        ["study"] = "The study's name or id.",
        ["n"] = "The trial's number in its study, from 0.",
        ["name"] = "Its name.",
        ["state"] = "Only those in this state.",
        ["label"] = "Only those with this label, key or key=value; repeated: with all of them.",
        ["query"] = "Only those whose name or description contains this, ignoring case.",
        ["after"] = "The page before's next.",
        ["limit"] = "How many at most, 1 to 1,000.",
        ["sort"] = "number, value or changed; with a '-' the other way round.",
        ["fields"] = "The wanted fields, separated by commas.",
        ["since"] = "Only what has changed after this version of the study.",
        ["metric"] = "Which metric; default: the first objective's.",
        ["points"] = "How much is answered at most, 4 to 10,000.",
        ["parameter"] = "Only this parameter.",
        ["x"] = "The parameter along x.",
        ["y"] = "The parameter along y.",
        ["trials"] = "How many trials, 1 to 100.",
        ["format"] = "csv, json or ndjson.",
        ["Idempotency-Key"] = "Up to 255 characters. For 24 hours, and as long as the study that the call is about, the same request with the same key gets the same answer, without a second effect.",
        ["If-Match"] = "An ETag: only if the study is still of this version.",
        ["If-None-Match"] = "An ETag: 304 if the study is still of this version.",
        ["Last-Event-ID"] = "The id of the last event that was seen: goes on after it.",
        ["Range"] = "Which bytes, such as bytes=100-.",
    };

    private static readonly Dictionary<string, string> Answers = new()
    {
        ["ETag"] = "The study's version, in quotation marks.",
        ["Location"] = "Where it is.",
        ["Retry-After"] = "Seconds to wait before the request is sent again.",
        ["WWW-Authenticate"] = "Bearer.",
    };

    /// <summary>Describes an operation's parameters and the headers of its answers; adds those of which the framework knows nothing.</summary>
    public static void Complete(OpenApiOperation operation)
    {
        var isStudy = Statuses(operation, "2").Any(IsStudy);
        operation.Parameters ??= [];
        if (isStudy && operation.OperationId == "getStudy")
        {
            operation.Parameters.Add(Header("If-None-Match"));
            operation.Responses!.TryAdd("304", new OpenApiResponse { Description = "Not Modified" });
        }

        if (operation.Responses?.ContainsKey("206") == true)
        {
            operation.Parameters.Add(Header("Range"));
        }

        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
            parameter.Description = Parameters.GetValueOrDefault(parameter.Name!);
        if (operation.Parameters.Count == 0)
            operation.Parameters = null;
        foreach (var answer in Statuses(operation, "2").Concat(Statuses(operation, "304")).Where(a => isStudy))
            Add(answer, "ETag");
        foreach (var answer in Statuses(operation, "201").Where(a => IsStudy(a) || operation.OperationId == "addDataSet"))
            Add(answer, "Location");
    }

    public static void Add(OpenApiResponse answer, string header) => (answer.Headers ??= new Dictionary<string, IOpenApiHeader>())[header] = new OpenApiHeader
    {
        Description = Answers[header], Schema = new OpenApiSchema { Type = header == "Retry-After" ? JsonSchemaType.Integer : JsonSchemaType.String },
        Example = header switch { "ETag" => "\"7\"", "Location" => "/api/v1/studies/walk", "Retry-After" => JsonValue.Create(1), _ => "Bearer realm=\"hpo\"" },
    };

    private static IEnumerable<OpenApiResponse> Statuses(OpenApiOperation operation, string start) =>
        (operation.Responses ?? []).Where(r => r.Key.StartsWith(start, StringComparison.Ordinal)).Select(r => r.Value).OfType<OpenApiResponse>();

    private static bool IsStudy(OpenApiResponse answer) => answer.Content?.Values.Any(media => media.Schema is OpenApiSchemaReference { Reference.Id: "StudyContract" }) == true;

    private static OpenApiParameter Header(string name) => new() { Name = name, In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
}
