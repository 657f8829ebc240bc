using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using HpoService.Api.Access;
using HpoService.Api.Contracts;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace HpoService.Api.Endpoints;

/// <summary>Server-sent events.</summary>
public static class EventEndpoints
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15), Pause = TimeSpan.FromMilliseconds(200);

    internal static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/studies/{study}/events", StudyEventsAsync).WithTags("Events").DisableRequestTimeout();
        api.MapGet("/events", AllEventsAsync).WithTags("Events").DisableRequestTimeout();
    }

    /// <summary>Events trial, measurement and study of one study; an event's id is the study's version, Last-Event-ID resumes after it.
    /// Ends when the study is deleted. A comment every 15 seconds keeps the connection open.</summary>
    public static async Task<ServerSentEventsResult<object>> StudyEventsAsync(
        string study, ChangeFeed feed, ChangeWatch watch, IHostApplicationLifetime lifetime, TimeProvider time, HttpResponse response,
        [FromHeader(Name = "Last-Event-ID")] long? lastEventId, CancellationToken cancellationToken)
    {
        var (id, version) = await feed.FindAsync(study, cancellationToken);
        var waiting = new Waiting(watch, id, response, time, lifetime.ApplicationStopping);
        return TypedResults.ServerSentEvents(Follow(id, Resumed(lastEventId, version) ?? version - 1, feed, watch, waiting, cancellationToken));
    }

    /// <summary>An event study for every study that changes from now on, deleted for every study that goes. An event's id counts the changes of all studies, Last-Event-ID resumes
    /// after it. A comment every 15 seconds keeps the connection open.</summary>
    public static async Task<ServerSentEventsResult<object>> AllEventsAsync(
        ChangeFeed feed, ChangeWatch watch, IHostApplicationLifetime lifetime, TimeProvider time, HttpResponse response,
        [FromHeader(Name = "Last-Event-ID")] long? lastEventId, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(watch, null, response, time, lifetime.ApplicationStopping);
        var latest = await feed.LatestAsync(cancellationToken);
        return TypedResults.ServerSentEvents(FollowAll(Resumed(lastEventId, latest) ?? latest, feed, waiting, cancellationToken));
    }

    // An id beyond the latest is of another history: of a study that had the name before, or of a database that was here before. All of this one is new to whoever has it; else the stream
    // would be silent until the numbers got there.
    private static long? Resumed(long? lastEventId, long latest) => lastEventId > latest ? 0 : lastEventId;

    private static async IAsyncEnumerable<SseItem<object>> Follow(
        long id, long version, ChangeFeed feed, ChangeWatch watch, Waiting waiting, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watching = await waiting.StartAsync(cancellationToken);
        while (await waiting.GoesOnAsync(cancellationToken))
        {
            // Two hundred streams of one study would else read two hundred times that there is nothing more.
            waiting.Look();
            StudyChanges? changes = null;
            if (watch.Known(id) is not { } known || known > version)
            {
                (var isThere, changes) = await LookAsync(() => feed.SinceAsync(id, version, cancellationToken), waiting, cancellationToken);
                if (!isThere || !await waiting.GoesOnAsync(cancellationToken))
                    yield break;
            }

            if (changes is null)
            {
                await waiting.WaitAsync(cancellationToken);
                continue;
            }

            foreach (var (number, measurement) in changes.Measurements)
                yield return new SseItem<object>(MeasurementEvent.Of(number, measurement), "measurement");
            foreach (var trial in changes.Trials)
                yield return new SseItem<object>(TrialContract.Of(trial), "trial");
            version = changes.Version;
            // Only the last event of a version carries its id: whoever reconnects before it gets the version's events again, none is lost.
            yield return new SseItem<object>(StudyContract.Of(changes.Study), "study") { EventId = $"{version}" };
        }
    }

    private static async IAsyncEnumerable<SseItem<object>> FollowAll(
        long number, ChangeFeed feed, Waiting waiting, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watching = await waiting.StartAsync(cancellationToken);
        while (await waiting.GoesOnAsync(cancellationToken))
        {
            waiting.Look();
            if (await LookAsync(() => feed.AllSinceAsync(number, cancellationToken), waiting, cancellationToken) is not (true, { } changes))
                yield break;
            if (!await waiting.GoesOnAsync(cancellationToken))
                yield break;
            foreach (var change in changes)
            {
                number = change.Number;
                yield return change.Study is { } study
                    ? new SseItem<object>(StudyContract.Of(study), "study") { EventId = $"{number}" }
                    : new SseItem<object>(new { id = change.StudyId }, "deleted") { EventId = $"{number}" };
            }

            if (changes.Count == 0)
                await waiting.WaitAsync(cancellationToken);
        }
    }

    // A study may be deleted between any two looks at it. While the database is away, a stream that is open stays so: nothing is lost by waiting.
    private static async Task<(bool IsThere, T? Found)> LookAsync<T>(Func<Task<T>> look, Waiting waiting, CancellationToken cancellationToken)
    {
        while (!waiting.IsOver)
        {
            try
            {
                return (true, await look());
            }
            catch (NotFoundException)
            {
                break;
            }
            catch (Exception e) when (Database.Translate(e) is UnwritableException or BusyException)
            {
                await waiting.PauseAsync(cancellationToken);
            }
        }

        return (false, default);
    }

    /// <summary>Waits for the next change, and says that the connection lives while there is none.</summary>
    private sealed class Waiting(ChangeWatch watch, long? studyId, HttpResponse response, TimeProvider time, CancellationToken stopping)
    {
        private readonly KeyRing _keys = response.HttpContext.RequestServices.GetRequiredService<KeyRing>();
        private Task _next = Task.CompletedTask;
        private long _spoke;

        public bool IsOver => stopping.IsCancellationRequested;

        /// <summary>Whether there is somebody to tell more: a key that was revoked meanwhile is worth nothing.</summary>
        public async ValueTask<bool> GoesOnAsync(CancellationToken cancellationToken) =>
            !IsOver && await _keys.IsWelcomeAsync(response.HttpContext.User.Identity?.Name, cancellationToken);

        /// <summary>Sends the headers: a client must not wait for the first change to know that it is connected.</summary>
        /// <returns>To be disposed of at the end.</returns>
        public async Task<IDisposable> StartAsync(CancellationToken cancellationToken)
        {
            _spoke = time.GetTimestamp();
            await response.Body.FlushAsync(cancellationToken);
            return watch.Watch();
        }

        /// <summary>To be called before looking for changes, so that none falls between.</summary>
        public void Look() => _next = studyId is { } id ? watch.Next(id) : watch.Next();

        /// <summary>Waits for a while, before looking once more.</summary>
        public Task PauseAsync(CancellationToken cancellationToken)
        {
            _next = Task.Delay(Pause, time, cancellationToken);
            return WaitAsync(cancellationToken);
        }

        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
            var rest = KeepAlive - time.GetElapsedTime(_spoke);
            await Task.WhenAny(_next, Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, time, end.Token));
            await end.CancelAsync(); // the delay
            cancellationToken.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(_spoke) < KeepAlive)
                return;
            _spoke = time.GetTimestamp();
            await response.WriteAsync(": alive\n\n", cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
    }
}
