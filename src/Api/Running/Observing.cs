using System.Diagnostics;
using HpoService.Api.Metrics;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HpoService.Api.Running;

/// <summary>What the service shows of itself.</summary>
internal static class Observing
{
    /// <summary>Gives log lines and spans of a request the study and the trial that it is about.</summary>
    public static async Task NameAsync(HttpContext context, RequestDelegate next)
    {
        var (study, trial) = (context.GetRouteValue("study") as string, context.GetRouteValue("n") as string);
        if (Activity.Current is { IsAllDataRequested: true } span && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.DisplayName = $"{context.Request.Method} {route}";
            span.SetTag("http.request.method", context.Request.Method).SetTag("http.route", route);
            if (study is not null)
                span.SetTag("hpo.study", study);
            if (trial is not null)
                span.SetTag("hpo.trial", trial);
        }

        if (study is null)
        {
            await next(context);
            return;
        }

        var logger = context.RequestServices.GetRequiredService<ILogger<Shutdown>>();
        using (logger.IsEnabled(LogLevel.Information) ? logger.BeginScope("study {StudyId} trial {Trial}", study, trial) : null)
            await next(context);
    }

    public static async Task<ContentHttpResult> MetricsAsync(MetricsCollector collector, Census census, CancellationToken cancellationToken) =>
        TypedResults.Text(PrometheusText.Write(collector.Collect(), await census.TakeAsync(cancellationToken)), PrometheusText.ContentType);
}
