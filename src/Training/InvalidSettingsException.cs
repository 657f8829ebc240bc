using HpoService.Search;

namespace HpoService.Training;

/// <summary>Settings that a model cannot be trained with: every attempt would fail the same way.</summary>
public sealed class InvalidSettingsException(string pointer, string message) : HpoException(pointer, message);
