using HpoService.Training.Documentation;

namespace HpoService.Training.Tests;

public sealed class DocumentationTests
{
    /// <summary>HPO_WRITE_DOCS=1 writes it anew.</summary>
    [Fact]
    public void The_settings_document_says_what_the_registries_hold()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HpoService.sln")))
            folder = folder.Parent!;
        var path = Path.Combine(folder.FullName, "docs", "training-settings.md");
        if (Environment.GetEnvironmentVariable("HPO_WRITE_DOCS") == "1")
            File.WriteAllText(path, SettingsDocument.Write());
        Assert.Equal(SettingsDocument.Write(), File.ReadAllText(path));
    }
}
