using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace HpoService.Client;

/// <summary>A typed client of the HTTP API, version 1. Thread-safe. Where nobody answers, its calls throw <see cref="HttpRequestException"/>.</summary>
/// <remarks>It sends each request once. Every POST has an Idempotency-Key, so that a handler of <paramref name="http"/> may send the same request again: it does nothing twice.</remarks>
/// <param name="http">With its base address set to the service's root.</param>
public sealed class HpoClient(HttpClient http)
{
    private const string Prefix = "api/v1/studies";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString };

    /// <summary>Creates a study from the contract's JSON.</summary>
    /// <exception cref="HpoProblemException">The service refused it.</exception>
    public Task<Study> CreateStudyAsync(JsonObject study, CancellationToken cancellationToken = default) =>
        SendAsync<Study>(HttpMethod.Post, Prefix, study, cancellationToken);

    /// <summary>The study of a name or an id.</summary>
    public Task<Study> GetStudyAsync(string study, CancellationToken cancellationToken = default) =>
        SendAsync<Study>(HttpMethod.Get, $"{Of(study)}", null, cancellationToken);

    /// <summary>Takes up to count trials to run. None: by the study's state it is over, or there will be some later.</summary>
    public Task<Suggestions> SuggestAsync(string study, int count = 1, string worker = "client", double leaseSeconds = 60, CancellationToken cancellationToken = default) =>
        SendAsync<Suggestions>(HttpMethod.Post, $"{Of(study)}/suggest", new { count, worker, leaseSeconds }, cancellationToken);

    /// <summary>Queues trials with given values; what is not given the sampler fills in.</summary>
    public async Task<IReadOnlyList<Trial>> EnqueueAsync(string study, JsonArray trials, CancellationToken cancellationToken = default) =>
        (await SendAsync<Page<Trial>>(HttpMethod.Post, $"{Of(study)}/enqueue", new { trials }, cancellationToken)).Items;

    /// <summary>Reports a measurement, of NaN and infinities, too, and renews the lease; true = stop.</summary>
    public async Task<bool> ReportAsync(string study, Trial trial, long step, IReadOnlyDictionary<string, double> values, CancellationToken cancellationToken = default) =>
        (await SendAsync<Answer>(HttpMethod.Post, Of(study, trial, "report"), new { step, values, leaseToken = trial.Lease!.Token }, cancellationToken)).ShouldStop;

    /// <summary>Renews the lease; true = stop.</summary>
    public async Task<bool> HeartbeatAsync(string study, Trial trial, CancellationToken cancellationToken = default) =>
        (await SendAsync<Answer>(HttpMethod.Post, Of(study, trial, "heartbeat"), new { leaseToken = trial.Lease!.Token }, cancellationToken)).ShouldStop;

    /// <summary>Ends a trial with its final values; NaN and infinities make it infeasible.</summary>
    public Task<Trial> CompleteAsync(string study, Trial trial, IReadOnlyDictionary<string, double> values, CancellationToken cancellationToken = default) =>
        SendAsync<Trial>(HttpMethod.Post, Of(study, trial, "complete"), new { values, leaseToken = trial.Lease!.Token }, cancellationToken);

    /// <summary>Ends a trial early: its last measurement counts.</summary>
    public Task<Trial> PruneAsync(string study, Trial trial, string reason, CancellationToken cancellationToken = default) => EndAsync(study, trial, "prune", reason, cancellationToken);

    /// <summary>Ends a trial whose parameters cannot work.</summary>
    public Task<Trial> InfeasibleAsync(string study, Trial trial, string reason, CancellationToken cancellationToken = default) => EndAsync(study, trial, "infeasible", reason, cancellationToken);

    /// <summary>Ends this attempt; the trial is tried again up to the study's maxAttempts.</summary>
    public Task<Trial> FailAsync(string study, Trial trial, string reason, CancellationToken cancellationToken = default) => EndAsync(study, trial, "fail", reason, cancellationToken);

    /// <summary>Withdraws a trial, whoever holds it.</summary>
    public Task<Trial> CancelAsync(string study, int trial, string? reason = null, CancellationToken cancellationToken = default) =>
        SendAsync<Trial>(HttpMethod.Post, $"{Of(study)}/trials/{trial}/cancel", new { reason }, cancellationToken);

    /// <summary>All trials, by number.</summary>
    public async IAsyncEnumerable<Trial> GetTrialsAsync(string study, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? after = null;
        do
        {
            var page = await SendAsync<Page<Trial>>(HttpMethod.Get, $"{Of(study)}/trials?limit=1000{(after is null ? "" : $"&after={after}")}", null, cancellationToken);
            foreach (var trial in page.Items)
                yield return trial;
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>Trials as they change, each as it stands, until the study is final; trials that exist already first.</summary>
    public async IAsyncEnumerable<Trial> WatchAsync(string study, TimeSpan interval, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var since = 0L;
        while (true)
        {
            var now = await GetStudyAsync(study, cancellationToken);
            if (now.Version > since)
            {
                string? after = null;
                do
                {
                    var page = await SendAsync<Page<Trial>>(HttpMethod.Get, $"{Of(study)}/trials?limit=1000&since={since}{(after is null ? "" : $"&after={after}")}", null, cancellationToken);
                    foreach (var trial in page.Items)
                        yield return trial;
                    after = page.Next;
                }
                while (after is not null);
                since = now.Version;
            }

            if (now.State is "completed" or "canceled" or "failed" && now.TrialCounts["running"] == 0)
                yield break;
            await Task.Delay(interval, cancellationToken);
        }
    }

    /// <summary>Registers a data set.</summary>
    /// <param name="name">What it is to be called.</param>
    /// <param name="file">CSV, NPZ, IDX, ZIP or text; read to its end.</param>
    /// <param name="fileName">Its name: without a format its end says what it is.</param>
    /// <param name="options">Target column and the like.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="HpoProblemException">The service refused it: its problem says where the file is wrong.</exception>
    public async Task<DataSet> AddDataSetAsync(string name, Stream file, string fileName, DataSetOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var form = new MultipartFormDataContent { { new StringContent(name), "name" }, { new StreamContent(file), "file", fileName } };
        foreach (var (field, value) in new[] { ("format", options?.Format), ("target", options?.Target), ("goal", options?.Goal), ("imageSize", Text(options?.ImageSize)), ("imageChannels", Text(options?.ImageChannels)) })
            if (value is not null)
                form.Add(new StringContent(value), field);
        if (options?.Labels is { } labels)
            form.Add(new StreamContent(labels), "labels", "labels");
        return await SendAsync<DataSet>(HttpMethod.Post, "api/v1/datasets", form, cancellationToken);

        static string? Text(int? number) => number?.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>All data sets, by name.</summary>
    public async Task<IReadOnlyList<DataSet>> GetDataSetsAsync(CancellationToken cancellationToken = default)
    {
        var (all, after) = (new List<DataSet>(), (string?)null);
        do
        {
            var page = await SendAsync<Page<DataSet>>(HttpMethod.Get, $"api/v1/datasets?limit=1000{(after is null ? "" : $"&after={after}")}", null, cancellationToken);
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    /// <summary>One data set.</summary>
    public Task<DataSet> GetDataSetAsync(string name, CancellationToken cancellationToken = default) =>
        SendAsync<DataSet>(HttpMethod.Get, $"api/v1/datasets/{Uri.EscapeDataString(name)}", null, cancellationToken);

    /// <summary>Forgets a registered data set.</summary>
    /// <exception cref="HpoProblemException">409: a study that is not final trains on it.</exception>
    public async Task DeleteDataSetAsync(string name, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"api/v1/datasets/{Uri.EscapeDataString(name)}");
        using var response = await AnswerAsync(request, cancellationToken);
    }

    /// <summary>Uses a study's model on rows: of a table values by column, of images and sequences nested arrays, of text strings.</summary>
    /// <param name="study">Name or id.</param>
    /// <param name="rows">1 to 10,000.</param>
    /// <param name="trial">Whose model; null = the one trained again on all data, or else the best trial's.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="HpoProblemException">There is no model, or a row is wrong: the problem names row and column.</exception>
    public Task<PredictionAnswer> PredictAsync(string study, JsonArray rows, int? trial = null, CancellationToken cancellationToken = default) =>
        SendAsync<PredictionAnswer>(HttpMethod.Post, $"{Of(study)}/predict", new { rows, trial }, cancellationToken);

    /// <summary>Trains a trial again on all data, as a study of its own.</summary>
    public Task<Study> RetrainAsync(string study, int? trial = null, string? name = null, CancellationToken cancellationToken = default) =>
        SendAsync<Study>(HttpMethod.Post, $"{Of(study)}/retrain", new { trial, name }, cancellationToken);

    private static string Of(string study) => $"{Prefix}/{Uri.EscapeDataString(study)}";

    private static string Of(string study, Trial trial, string call) => $"{Of(study)}/trials/{trial.Number}/{call}";

    private Task<Trial> EndAsync(string study, Trial trial, string how, string reason, CancellationToken cancellationToken) =>
        SendAsync<Trial>(HttpMethod.Post, Of(study, trial, how), new { reason, leaseToken = trial.Lease!.Token }, cancellationToken);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body, options: Json)) };
        if (method == HttpMethod.Post)
            request.Headers.Add("Idempotency-Key", RandomNumberGenerator.GetHexString(32, lowercase: true));
        using var response = await AnswerAsync(request, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken))!;
    }

    // A success.
    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, cancellationToken);
        }
        catch (SocketException e)
        {
            // .NET 10 does not wrap it where a connection is cut right after it was made, as by a service that is killed.
            throw new HttpRequestException(HttpRequestError.ConnectionError, e.Message, e);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new HpoProblemException((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    private sealed record Answer(bool ShouldStop, string? Reason);

    private sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
}

/// <summary>The service refused a request.</summary>
public sealed class HpoProblemException(int status, string problem) : Exception($"The service answered {status}: {problem}")
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The problem document, as JSON text.</summary>
    public string Problem { get; } = problem;
}
