using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace HpoService.EndToEnd.Tests;

/// <summary>What others see of a service: traces, logs, metrics.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-telemetry-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Requests_suggestions_and_trials_are_sent_as_spans_when_there_is_somewhere_to_send_them()
    {
        using var collector = new HttpListener();
        var url = $"http://127.0.0.1:{FreePort()}/";
        collector.Prefixes.Add(url);
        collector.Start();
        var received = new StringBuilder();
        var receiving = ReceiveAsync(collector, received);
        await File.WriteAllTextAsync(Path.Combine(_data, "commands.json"), """{"trace": {"program": "bash", "arguments": ["-c", "echo \"parent $TRACEPARENT\"; echo 'hpo {\"complete\": {\"value\": 1}}'"]}}""");
        var environment = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = url, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_BSP_SCHEDULE_DELAY"] = "200" };
        await using (var service = await Service.StartAsync(_data, 1, environment: environment))
        {
            await service.PostAsync("studies", new { name = "traced", parameters = new[] { new { name = "x", type = "boolean" } }, runner = new { kind = "command", command = "trace" }, budget = new { maxTrials = 1 } });
            await service.WaitAsync("traced", s => s.GetProperty("state").GetString() == "completed");
            Assert.Matches("parent 00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]", await service.Http.GetStringAsync("api/v1/studies/traced/trials/0/log"));
            Assert.Equal(0, await service.StopAsync());
        }

        collector.Stop();
        await receiving;
        foreach (var expected in new[] { "run trial", "suggest", "hpo.study.id", "hpo.trial", "/api/v1/studies/{study}/trials/{n" })
            Assert.Contains(expected, received.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_lines_in_JSON_name_the_study_and_the_trial_and_no_key()
    {
        var environment = new Dictionary<string, string>
        {
            ["Logging__Console__FormatterName"] = "json",
            ["Logging__Console__FormatterOptions__IncludeScopes"] = "true",
            ["Logging__LogLevel__Default"] = "Information",
        };
        await using var service = await Service.StartAsync(_data, 0, environment: environment);
        service.Http.DefaultRequestHeaders.Authorization = new("Bearer", "hpo_not-a-key-but-secret");
        await service.PostAsync("studies", new { name = "logged", parameters = new[] { new { name = "x", type = "boolean" } } });
        await service.PostAsync("studies/logged/suggest", new { });
        await service.GetAsync("studies/logged/trials/0");
        Assert.Equal(0, await service.StopAsync());
        var output = await service.Output;
        Assert.DoesNotContain("not-a-key-but-secret", output, StringComparison.Ordinal);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Contains(lines, line => line.GetProperty("Scopes").EnumerateArray().Any(scope =>
            scope.TryGetProperty("StudyId", out var study) && study.GetString() == "logged" && scope.TryGetProperty("Trial", out var trial) && trial.GetString() == "0"));
    }

    [Fact]
    public async Task A_worker_in_a_process_of_its_own_shows_its_own_metrics_to_this_machine()
    {
        await File.WriteAllTextAsync(Path.Combine(_data, "commands.json"), """{"quick": {"program": "bash", "arguments": ["-c", "echo 'hpo {\"complete\": {\"value\": 1}}'"]}}""");
        await using var service = await Service.StartAsync(_data, 0);
        using (var exposed = Service.Run("worker", "--data", _data, "--metrics", "http://0.0.0.0:0"))
        {
            Assert.Contains("metrics must be loopback addresses", await exposed.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60)), StringComparison.Ordinal);
            await exposed.WaitForExitAsync();
            Assert.Equal(1, exposed.ExitCode);
        }

        using var worker = Service.Run("worker", "--data", _data, "--slots", "1", "--metrics", "http://127.0.0.1:0");
        try
        {
            const string said = "metrics on ";
            var line = await worker.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.StartsWith(said, line, StringComparison.Ordinal);
            var url = new Uri(line![said.Length..]);
            await service.PostAsync("studies", new { name = "counted", parameters = new[] { new { name = "x", type = "float", low = 0, high = 1 } }, sampler = new { kind = "tpe" }, runner = new { kind = "command", command = "quick" }, budget = new { maxTrials = 2 } });
            await service.WaitAsync("counted", s => s.GetProperty("state").GetString() == "completed");
            using var http = new HttpClient();
            var text = await http.GetStringAsync(url);
            foreach (var expected in new[] { "hpo_suggest_duration_seconds_count{sampler=\"tpe\"", "hpo_commit_duration_seconds_count", "dotnet_process_memory_working_set_bytes" })
                Assert.Contains(expected, text, StringComparison.Ordinal);
            Assert.DoesNotContain("hpo_trials{", text, StringComparison.Ordinal);
            using var other = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Host = "evil.example" } };
            using var refused = await http.SendAsync(other);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(url, "/api/v1/studies"))).StatusCode);
        }
        finally
        {
            Assert.Equal(0, await Service.StopAsync(worker));
        }
    }

    private static async Task ReceiveAsync(HttpListener collector, StringBuilder received)
    {
        try
        {
            while (true)
            {
                var context = await collector.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                received.Append(await reader.ReadToEndAsync());
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
