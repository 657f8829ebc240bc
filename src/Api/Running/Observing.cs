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
        if (context.GetRouteValue("study") is not string study)
        {
            await next(context);
            return;
        }

        var trial = context.GetRouteValue("n") as string;
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            span.SetTag("hpo.study", study);
            if (trial is not null)
                span.SetTag("hpo.trial", trial);
        }

        var logger = context.RequestServices.GetRequiredService<ILogger<Shutdown>>();
        using (logger.IsEnabled(LogLevel.Information) ? logger.BeginScope("study {StudyId} trial {Trial}", study, trial) : null)
            await next(context);
    }

    public static async Task<ContentHttpResult> MetricsAsync(MetricsCollector collector, Census census, CancellationToken cancellationToken) =>
        TypedResults.Text(PrometheusText.Write(collector.Collect(), await census.TakeAsync(cancellationToken)), PrometheusText.ContentType);
}
