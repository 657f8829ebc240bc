using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using HpoService.Api.Contracts;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace HpoService.Api.Endpoints;

/// <summary>Server-sent events.</summary>
public static class EventEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/studies/{study}/events", StudyEventsAsync).WithTags("Events");
        api.MapGet("/events", AllEvents).WithTags("Events");
    }

    /// <summary>Events trial, measurement and study of one study; an event's id is the study's version, Last-Event-ID resumes after it.</summary>
    public static async Task<ServerSentEventsResult<object>> StudyEventsAsync(
        string study, ChangeFeed feed, StudyStore studies, IHostApplicationLifetime lifetime,
        [FromHeader(Name = "Last-Event-ID")] long? lastEventId, CancellationToken cancellationToken)
    {
        var (id, version) = await feed.FindAsync(study, cancellationToken);
        return TypedResults.ServerSentEvents(Follow(id, lastEventId ?? version - 1, feed, studies, lifetime.ApplicationStopping, cancellationToken));
    }

    /// <summary>An event study for every study that changes.</summary>
    public static ServerSentEventsResult<object> AllEvents(
        ChangeFeed feed, StudyStore studies, IHostApplicationLifetime lifetime, CancellationToken cancellationToken) =>
        TypedResults.ServerSentEvents(FollowAll(feed, studies, lifetime.ApplicationStopping, cancellationToken));

    private static async IAsyncEnumerable<SseItem<object>> Follow(
        long id, long version, ChangeFeed feed, StudyStore studies, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!stopping.IsCancellationRequested)
        {
            var next = feed.Next;
            StudyChanges? changes;
            try
            {
                changes = await feed.SinceAsync(id, version, cancellationToken);
            }
            catch (NotFoundException)
            {
                yield break;
            }

            if (changes is null)
            {
                await ChangeFeed.WaitAsync(next, cancellationToken);
                continue;
            }

            foreach (var (number, measurement) in changes.Measurements)
                yield return new SseItem<object>(new { trial = number, measurement.Step, Values = MeasurementContract.Of(measurement).Values }, "measurement");
            foreach (var trial in changes.Trials)
                yield return new SseItem<object>(TrialContract.Of(trial), "trial");
            version = changes.Version;
            // Only the last event of a version carries its id: whoever reconnects before it gets the version's events again, none is lost.
            yield return new SseItem<object>(StudyContract.Of(await studies.GetAsync($"{id}", cancellationToken)), "study") { EventId = $"{version}" };
        }
    }

    private static async IAsyncEnumerable<SseItem<object>> FollowAll(
        ChangeFeed feed, StudyStore studies, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = await feed.VersionsAsync(cancellationToken);
        while (!stopping.IsCancellationRequested)
        {
            var next = feed.Next;
            var now = await feed.VersionsAsync(cancellationToken);
            foreach (var (id, version) in now.Where(s => seen.GetValueOrDefault(s.Key) < s.Value))
                yield return new SseItem<object>(StudyContract.Of(await studies.GetAsync($"{id}", cancellationToken)), "study") { EventId = $"{version}" };
            seen = now;
            await ChangeFeed.WaitAsync(next, cancellationToken);
        }
    }
}
