using HpoService.Api.Access;
using HpoService.Api.Problems;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HpoService.Api.Metrics;

/// <summary>The metrics of a process that serves nothing else, such as a worker: the same names, keys and rules as at the service's own <c>/metrics</c>.</summary>
public static class MetricsFace
{
    /// <summary>Adds what <see cref="MapHpoMetrics"/> needs beyond <see cref="StorageSetup.AddHpoStorage"/>.</summary>
    public static IServiceCollection AddHpoMetrics(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = ProblemTypes.Name);
        services.AddExceptionHandler<ProblemHandler>();
        services.AddHpoAccess();
        return services.AddSingleton<MetricsCollector>().AddHostedService(provider => provider.GetRequiredService<MetricsCollector>());
    }

    /// <summary>Maps <c>/metrics</c> alone.</summary>
    public static WebApplication MapHpoMetrics(this WebApplication app)
    {
        app.Use(SecurityHeaders.SetAsync);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(RequestHeaders.CheckAsync);
        app.UseHpoAccess();
        app.MapGet("/metrics", Own).Needs(Role.Read);
        return app;
    }

    // What the database holds, the service says: said by each process, it would be added up.
    private static ContentHttpResult Own(MetricsCollector collector) => TypedResults.Text(PrometheusText.Write(collector.Collect(), null), PrometheusText.ContentType);
}
