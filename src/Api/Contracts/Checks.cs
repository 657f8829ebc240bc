using HpoService.Search;
using HpoService.Storage;

namespace HpoService.Api.Contracts;

/// <summary>Makes the checks of one request, one after another, and keeps what all of them find: a request is told all of its mistakes at once.</summary>
internal sealed class Checks(IEnumerable<Violation>? found = null)
{
    private readonly List<Violation> _violations = [.. found ?? []];
    private HpoException? _first;

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>What a check gives; the default where it finds a mistake, which must not be used before <see cref="End"/>.</summary>
    public T Of<T>(Func<T> check, string root = "")
    {
        try
        {
            return check();
        }
        catch (HpoException e)
        {
            _first ??= e;
            _violations.AddRange(root.Length == 0 ? e.Violations : e.Violations.Select(v => v with { Pointer = root + v.Pointer }));
            return default!;
        }
    }

    /// <summary>To be called when all checks are made.</summary>
    /// <exception cref="HpoException">All mistakes, as an error of the first one's kind.</exception>
    public void End()
    {
        if (_violations.Count == 0)
            return;
        throw _first switch
        {
            InvalidValuesException => new InvalidValuesException(_violations),
            InvalidStudyException or null => new InvalidStudyException(_violations),
            _ => new HpoException(_violations),
        };
    }
}
