using HpoService.Storage;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace HpoService.Cli.Commands;

/// <summary>Traces of requests, suggestions and trials, sent to where OTEL_EXPORTER_OTLP_ENDPOINT says; nothing without it. The exporter takes its other
/// settings from the environment, too.</summary>
internal sealed class Telemetry : IHostedService, IDisposable
{
    private readonly TracerProvider _traces = Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(resource => resource.AddService("hpo", serviceInstanceId: Environment.MachineName))
        .AddSource(Tracing.Source, "Microsoft.AspNetCore")
        .AddOtlpExporter()
        .Build();

    public static void Add(IServiceCollection services)
    {
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 })
            services.AddHostedService<Telemetry>();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _traces.ForceFlush(5000);
        return Task.CompletedTask;
    }

    public void Dispose() => _traces.Dispose();
}
