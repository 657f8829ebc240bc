using HpoService.Search;

namespace HpoService.Training.DataSets;

/// <summary>A file that is no data set: says what is wrong and where; nothing of it is kept.</summary>
public sealed class InvalidDataSetException(string message) : HpoException("/file", message);
