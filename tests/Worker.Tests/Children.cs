using HpoService.Search.Spaces;
using HpoService.Training;

namespace HpoService.Worker.Tests;

/// <summary>Training processes that misbehave in a way of the test's choice: shell scripts that speak the pipe's language.</summary>
internal static class Children
{
    /// <summary>Answers each request with its process id as the accuracy.</summary>
    public const string Good = """while read -r line; do echo "{\"completed\":{\"accuracy\":$$}}"; done""";

    /// <summary>Reads a request, then hangs, deaf to stop.</summary>
    public const string Hanging = "read -r line; exec sleep 600";

    public static string[] Script(string script) => ["bash", "-c", script];

    public static TrainingRequest Request { get; } = new("m", null, null, ParameterValues.Empty, 1);
}
