namespace HpoService.Worker.Tests;

internal static class Processes
{
    /// <summary>Whether a process runs. A zombie that nobody has waited for does not.</summary>
    /// <remarks>It may end between any two looks: only reading tells, and that fails in several ways then.</remarks>
    public static bool IsRunning(int id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
