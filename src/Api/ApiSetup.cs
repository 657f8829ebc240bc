using System.Text.Json.Serialization.Metadata;
using HpoService.Api.Access;
using HpoService.Api.Documentation;
using HpoService.Api.Endpoints;
using HpoService.Api.Metrics;
using HpoService.Api.Problems;
using HpoService.Api.Running;
using HpoService.Search;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace HpoService.Api;

/// <summary>Registers and maps the HTTP face.</summary>
public static class ApiSetup
{
    /// <summary>Adds what the endpoints need beyond <see cref="StorageSetup.AddHpoStorage"/>.</summary>
    public static IServiceCollection AddHpoApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            HpoJson.Configure(options.SerializerOptions);
            options.SerializerOptions.Converters.Add(new Contracts.FreeJson());
            options.SerializerOptions.TypeInfoResolver =
                (options.SerializerOptions.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(Contracts.NoNulls.Modify);
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddProblemDetails(options => options.CustomizeProblemDetails = ProblemTypes.Name);
        services.AddHostedService<Sweeping>();
        services.AddHpoAccess();
        services.AddSingleton<MetricsCollector>().AddHostedService(provider => provider.GetRequiredService<MetricsCollector>());
        services.AddSingleton<Shutdown>().AddHostedService(provider => provider.GetRequiredService<Shutdown>());
        services.AddExceptionHandler<ProblemHandler>();
        services.AddOpenApi("v1", options => options.AddDocumentTransformer<ContractDocument>().AddSchemaTransformer(ContractSchemas.CorrectAsync));
        return services;
    }

    /// <summary>Maps the contract, the problems' pages, health, OpenAPI, Swagger UI and the dashboard.</summary>
    public static WebApplication MapHpoApi(this WebApplication app)
    {
        app.Use(PlainRequests.BringAsync);
        app.UseRouting();
        app.Use(SecurityHeaders.SetAsync);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(app.Services.GetRequiredService<Shutdown>().GuardAsync);
        app.Use(RequestHeaders.CheckAsync);
        app.UseHpoAccess();
        app.Use(Observing.NameAsync);
        app.Use(RequireReadable);
        app.UsePage();
        app.MapOpenApi("/openapi/v1.json");
        app.UseSwaggerUI(ui =>
        {
            ui.SwaggerEndpoint("/openapi/v1.json", "HpoService v1");
            ui.RoutePrefix = "swagger";
        });
        var api = app.MapGroup("/api/v1").Needs(Role.Read);
        StudyEndpoints.Map(api);
        TrialEndpoints.Map(api);
        TransferEndpoints.Map(api);
        FileEndpoints.Map(api);
        FleetEndpoints.Map(api);
        DataSetEndpoints.Map(api);
        PredictionEndpoints.Map(api);
        EventEndpoints.Map(api);
        InsightEndpoints.Map(api);
        ExportEndpoints.Map(api);
        app.MapGet("/problems/{name}", Problem).ExcludeFromDescription();
        app.MapGet("/metrics", Observing.MetricsAsync).Needs(Role.Read).ExcludeFromDescription();
        app.MapGet("/health/live", () => TypedResults.Ok(new { status = "live" })).ExcludeFromDescription();
        app.MapGet("/health/ready", ReadyAsync).ExcludeFromDescription();
        return app;
    }

    // Reading a body in a charset that is not there throws what only a bug may throw.
    private static Task RequireReadable(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset.HasValue && type.Encoding is null)
        {
            type.Charset = HeaderUtilities.RemoveQuotes(type.Charset);
            if (type.Encoding is null)
                throw new BadHttpRequestException($"charset must be one that is known, such as utf-8, but got {type.Charset}.", StatusCodes.Status415UnsupportedMediaType);
            request.ContentType = type.ToString();
        }

        return request.Headers.ContentEncoding.ToString() is "" or "identity" ? next(context)
            : throw new BadHttpRequestException($"Content-Encoding must be identity, but got {request.Headers.ContentEncoding}.", StatusCodes.Status415UnsupportedMediaType);
    }

    private static Results<Ok<object>, NotFound> Problem(string name) =>
        ProblemTypes.Descriptions.TryGetValue(name, out var description) ? TypedResults.Ok<object>(new { type = $"/problems/{name}", description }) : TypedResults.NotFound();

    private static async Task<Results<Ok<object>, JsonHttpResult<object>>> ReadyAsync(
        Readiness readiness, Database database, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var failure = lifetime.ApplicationStopping.IsCancellationRequested ? "the service must be running, but is ending." : await readiness.FailureAsync(cancellationToken);
        return failure is null
            ? TypedResults.Ok<object>(new { status = "ready", database = database.IsPostgres ? "postgres" : $"sqlite {Database.Engine}" })
            : TypedResults.Json<object>(new { status = "unready", reason = failure }, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
