using HpoService.Api.Access;
using HpoService.Api.Contracts;
using HpoService.Search.Studies;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace HpoService.Api.Endpoints;

/// <summary>Trials over HTTP.</summary>
public static class TrialEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        var study = api.MapGroup("/studies/{study}").WithTags("Trials");
        study.MapPost("/suggest", SuggestAsync).Needs(Role.Worker);
        study.MapPost("/enqueue", EnqueueAsync).Needs(Role.Write);
        study.MapGet("/trials", ListAsync);
        study.MapGet("/trials/{n:int}", GetAsync);
        study.MapPatch("/trials/{n:int}", PatchAsync).Needs(Role.Worker);
        study.MapPost("/trials/{n:int}/report", ReportAsync).Needs(Role.Worker);
        study.MapPost("/trials/{n:int}/heartbeat", HeartbeatAsync).Needs(Role.Worker);
        study.MapPost("/trials/{n:int}/complete", CompleteAsync).Needs(Role.Worker);
        study.MapPost("/trials/{n:int}/prune", PruneAsync).Needs(Role.Worker);
        study.MapPost("/trials/{n:int}/infeasible", InfeasibleAsync).Needs(Role.Worker);
        study.MapPost("/trials/{n:int}/fail", FailAsync).Needs(Role.Worker);
        study.MapPost("/trials/{n:int}/cancel", CancelAsync).Needs(Role.Write);
    }

    /// <summary>Hands out trials to run, each under a lease. Fewer or none when budget, parallel limit or space is used up.</summary>
    public static async Task<Ok<SuggestAnswer>> SuggestAsync(
        string study, SuggestRequest? body, TrialDispatcher dispatcher,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, CancellationToken cancellationToken)
    {
        body ??= new SuggestRequest();
        var checks = new Checks();
        checks.Of(() => Limits.CheckCount(body.Count));
        checks.Of(() => Limits.CheckWorker(body.Worker));
        var lease = checks.Of(() => Paging.Lease(body.LeaseSeconds));
        var key = checks.Of(() => Idempotent.Of(idempotencyKey, body));
        checks.End();
        var dispatch = await dispatcher.SuggestAsync(study, body.Count, body.Worker, lease, key, cancellationToken);
        return TypedResults.Ok(new SuggestAnswer([.. dispatch.Trials.Select(TrialContract.Of)], dispatch.StudyState));
    }

    /// <summary>Queues trials of your own; values may be left open, the sampler fills them in.</summary>
    public static async Task<Created<PageContract<TrialContract>>> EnqueueAsync(
        string study, EnqueueRequest body, TrialStore store, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, CancellationToken cancellationToken)
    {
        var queued = await store.EnqueueAsync(study, Limits.CheckTrials(body.Trials), Idempotent.Of(idempotencyKey, body), cancellationToken);
        return TypedResults.Created((string?)null, new PageContract<TrialContract>([.. queued.Select(TrialContract.Of)], null));
    }

    /// <summary>Lists trials, each with its latest measurement. sort is number, value (the first objective's; trials without one are left
    /// out) or changed, with a '-' the other way round. since is a version of the study: only what changed after it. fields is a list of the
    /// wanted fields of a trial, separated by commas.</summary>
    public static async Task<Results<Ok<PageContract<TrialContract>>, ContentHttpResult>> ListAsync(
        string study, TrialPages pages, CancellationToken cancellationToken, string? state = null, long? since = null, string? after = null, int limit = 100,
        string sort = "number", string? fields = null)
    {
        var checks = new Checks();
        var (by, descending) = checks.Of(() => Paging.Sort<TrialSort>(sort));
        var wanted = checks.Of(() => Fields.Parse<TrialContract>(fields));
        var query = new TrialQuery(checks.Of(() => Paging.State<TrialState>(state)), since, after, checks.Of(() => Paging.Limit(limit)), by, descending);
        checks.End();
        var page = await Paging.WithCursorAsync(after, () => pages.GetAsync(study, query, cancellationToken));
        var answer = new PageContract<TrialContract>([.. page.Items.Select(TrialContract.Of)], page.Next);
        return wanted is null ? TypedResults.Ok(answer) : Fields.Only(answer, wanted);
    }

    /// <summary>One trial with all its measurements.</summary>
    public static async Task<Ok<TrialContract>> GetAsync(string study, int n, TrialStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(TrialContract.Of(await store.GetAsync(study, n, cancellationToken)));

    /// <summary>Replaces a trial's user attributes.</summary>
    public static async Task<Ok<TrialContract>> PatchAsync(string study, int n, PatchTrialRequest body, TrialStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(TrialContract.Of(await store.SetUserAttributesAsync(study, n, Limits.CheckAttributes(body.UserAttributes), cancellationToken)));

    /// <summary>Stores a measurement, renews the lease, and says whether to stop.</summary>
    public static async Task<Ok<ReportContract>> ReportAsync(string study, int n, ReportRequest body, LeaseStore store, CancellationToken cancellationToken)
    {
        var measurement = new Measurement(body.Step, body.Values);
        var checks = new Checks();
        checks.Of(() => LeaseStore.Check(measurement));
        checks.Of(() => Limits.CheckMetrics(body.Values));
        checks.End();
        return TypedResults.Ok(ReportContract.Of(await store.ReportAsync(study, n, body.LeaseToken, measurement, cancellationToken)));
    }

    /// <summary>Renews the lease, and says whether to stop.</summary>
    public static async Task<Ok<ReportContract>> HeartbeatAsync(string study, int n, HeartbeatRequest body, LeaseStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(ReportContract.Of(await store.HeartbeatAsync(
            study, n, body.LeaseToken, body.LeaseSeconds is { } s ? Paging.Lease(s) : null, cancellationToken)));

    /// <summary>Ends a trial with its final values.</summary>
    public static Task<Ok<TrialContract>> CompleteAsync(string study, int n, CompleteRequest body, TrialStore store, CancellationToken cancellationToken) =>
        FinishAsync(study, n, body.LeaseToken, new TrialOutcome.Completed(Limits.CheckMetrics(body.Values)), store, cancellationToken);

    /// <summary>Ends a trial that was stopped early; it keeps its last measurement.</summary>
    public static Task<Ok<TrialContract>> PruneAsync(string study, int n, EndRequest body, TrialStore store, CancellationToken cancellationToken) =>
        FinishAsync(study, n, body.LeaseToken, new TrialOutcome.Pruned(Limits.CheckReason(body.Reason)), store, cancellationToken);

    /// <summary>Ends a trial whose parameters cannot work; it is not retried.</summary>
    public static Task<Ok<TrialContract>> InfeasibleAsync(string study, int n, EndRequest body, TrialStore store, CancellationToken cancellationToken) =>
        FinishAsync(study, n, body.LeaseToken, new TrialOutcome.Infeasible(Limits.CheckReason(body.Reason)), store, cancellationToken);

    /// <summary>Ends an attempt that broke; the trial goes back to the queue while attempts are left.</summary>
    public static Task<Ok<TrialContract>> FailAsync(string study, int n, EndRequest body, TrialStore store, CancellationToken cancellationToken) =>
        FinishAsync(study, n, body.LeaseToken, new TrialOutcome.Failed(Limits.CheckReason(body.Reason)), store, cancellationToken);

    /// <summary>Withdraws a trial.</summary>
    public static async Task<Ok<TrialContract>> CancelAsync(string study, int n, CancelRequest? body, TrialStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(TrialContract.Of(await store.CancelAsync(study, n, Limits.CheckReason(body?.Reason), cancellationToken, body?.LeaseToken)));

    private static async Task<Ok<TrialContract>> FinishAsync(
        string study, int n, string leaseToken, TrialOutcome outcome, TrialStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(TrialContract.Of(await store.FinishAsync(study, n, leaseToken, outcome, cancellationToken)));
}
