namespace HpoService.Search.Models;

/// <summary>A file that is no data set: says what is wrong and where; nothing of it is kept.</summary>
/// <param name="message">The rule, then "but got" with row and column.</param>
/// <param name="pointer">The field that is wrong.</param>
public sealed class InvalidDataSetException(string message, string pointer = "/file") : HpoException(pointer, message);
