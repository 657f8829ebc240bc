using HpoService.Search;

namespace HpoService.Training;

/// <summary>Settings that a model cannot be trained with: every attempt would fail the same way.</summary>
/// <param name="violations">Every rule that they break.</param>
public sealed class InvalidSettingsException(IReadOnlyList<Violation> violations) : HpoException(violations)
{
    /// <summary>Creates the error of one rule.</summary>
    public InvalidSettingsException(string pointer, string message) : this([new Violation(pointer, message)])
    {
    }
}
