using HpoService.Search;
using HpoService.Search.Studies;

namespace HpoService.Storage;

/// <summary>Something named in a request does not exist.</summary>
/// <param name="kind">What was looked for, such as <c>study</c>: the problem type is <c>{kind}-not-found</c>.</param>
/// <param name="name">The name or id that was given.</param>
public sealed class NotFoundException(string kind, string name) : HpoException("", $"the {kind} must exist, but got '{name}'.")
{
    /// <summary>What was looked for.</summary>
    public string Kind { get; } = kind;
}

/// <summary>A move that the state table does not have.</summary>
public sealed class IllegalMoveException(string message) : HpoException("", message)
{
    internal static IllegalMoveException Of(string what, object from, object to) =>
        new($"{what} must be in a state that can become {Word(to)}, but got {Word(from)}.");

    private static string Word(object state) => state.ToString()!.ToLowerInvariant();
}

/// <summary>A data set that studies still train on.</summary>
public sealed class DataSetInUseException(string name, IReadOnlyList<string> studies)
    : HpoException("", $"a data set must not be in use by a study that is active or paused, but got '{name}', which {string.Join(", ", studies)} {(studies.Count == 1 ? "uses" : "use")}.");

/// <summary>The study takes no more trials.</summary>
public sealed class StudyClosedException(StudyState state)
    : HpoException("", $"the study must be active or paused, but got {state.ToString().ToLowerInvariant()}.");

/// <summary>Somebody else holds the trial by now.</summary>
public sealed class StaleLeaseException(int number)
    : HpoException("/leaseToken", $"leaseToken must be the token of trial {number}'s present lease, but got another.");

/// <summary>An Idempotency-Key was used before, for another request.</summary>
public sealed class IdempotencyConflictException(string key)
    : HpoException("", $"an Idempotency-Key must come with the request that it first came with, but got '{key}' with another.");

/// <summary>Reported values that break a rule.</summary>
public sealed class InvalidValuesException(IReadOnlyList<Violation> violations) : HpoException(violations)
{
    /// <summary>Creates the error of one field.</summary>
    public InvalidValuesException(string pointer, string message) : this([new Violation(pointer, message)])
    {
    }
}

/// <summary>A text that the database cannot hold.</summary>
public sealed class UnstorableTextException() : HpoException("", "a text must hold no character U+0000, but got one.");

/// <summary>No worker has published a model of that name.</summary>
public sealed class UnknownModelException(string name, IEnumerable<string> known)
    : HpoException("/runner/model", $"model must be one of [{string.Join(", ", known)}], but got '{name}'.");

/// <summary>The model knows no data set of that name.</summary>
public sealed class UnknownDataSetException(string name, IEnumerable<string> known)
    : HpoException("/runner/dataset", $"dataset must be one of [{string.Join(", ", known)}], but got '{name}'.");

/// <summary>No worker has published a command of that name.</summary>
public sealed class UnknownCommandException(string name, IEnumerable<string> known)
    : HpoException("/runner/command", $"command must be one of [{string.Join(", ", known)}], but got '{name}'.");

/// <summary>There was no turn to write in time; nothing was written.</summary>
public sealed class BusyException : Exception
{
    internal BusyException(string message) : base(message)
    {
    }

    internal BusyException(Exception inner) : base("another process must let go of the database in time, but got no turn.", inner)
    {
    }
}

/// <summary>The database, or the folder beside it, takes no writes: the disk is full or broken, or read-only; nothing was written.</summary>
public sealed class UnwritableException(string reason, Exception? inner, string what = "database") : Exception($"the {what} must be writable, but got {reason}.", inner);

/// <summary>What would have to be done here cannot be done on this machine, or not in time.</summary>
public sealed class UnavailableException(string message) : Exception(message);

/// <summary>The database went away before it said whether it has written. What is repeated is safe: a completion counts once, and so does what comes
/// with an Idempotency-Key.</summary>
public sealed class UnknownOutcomeException : Exception
{
    internal UnknownOutcomeException(Exception inner) : base("the database must say whether it has written, but it went away before: repeat the request.", inner)
    {
    }
}

/// <summary>The study has changed since the caller saw it.</summary>
public sealed class VersionMismatchException(IReadOnlyList<long> wanted, long actual)
    : HpoException("", $"If-Match must be the study's present version \"{actual}\", but got {(wanted.Count == 0 ? "none of its versions" : string.Join(", ", wanted.Select(v => $"\"{v}\"")))}.");
