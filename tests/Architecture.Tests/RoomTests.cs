using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace HpoService.Architecture.Tests;

/// <summary>The rooms of docs/architecture.md: who may reach whom, which third party lives where, and how files look.</summary>
public sealed class RoomTests
{
    private static readonly string Root = FindRoot();
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Search"] = [],
        ["LibTorch"] = [],
        ["Distributed"] = [],
        ["Training"] = ["Search", "LibTorch", "Distributed"],
        ["Storage"] = ["Search"],
        ["Worker"] = ["Storage", "Training"],
        ["Dashboard"] = [],
        ["Api"] = ["Storage", "Dashboard"],
        ["Client"] = [],
        ["Bench"] = ["Search", "Storage"],
        ["Cli"] = ["Client", "Api", "Worker", "Bench"],
    };

    private static readonly Dictionary<string, string[]> Fences = new()
    {
        ["using MathNet"] = ["Search"],
        ["using TorchSharp"] = ["Training", "LibTorch"],
        ["using static TorchSharp"] = ["Training", "LibTorch"],
        ["using Microsoft.EntityFrameworkCore"] = ["Storage", "Worker"],
        ["using Npgsql"] = ["Storage", "Bench"],
        ["using Microsoft.Data.Sqlite"] = ["Storage", "Bench"],
        ["using Quartz"] = ["Storage", "Worker"],
        ["using Microsoft.AspNetCore"] = ["Api", "Cli"],
    };

    public static TheoryData<string> Rooms => [.. Arrows.Keys];

    [Fact]
    public void Every_folder_of_src_is_a_room() =>
        Assert.Equal(Arrows.Keys.Order(), Directory.GetDirectories(Path.Combine(Root, "src")).Select(d => Path.GetFileName(d)!).Order());

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_reaches_only_along_its_arrows(string room)
    {
        var project = XDocument.Load(Path.Combine(Root, "src", room, $"{room}.csproj"));
        var references = project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
        Assert.Empty(references.Except(Arrows[room]));
    }

    [Theory, MemberData(nameof(Rooms))]
    public void A_third_party_stays_behind_its_fence(string room) => Assert.Empty(
        from file in Sources(room)
        from line in File.ReadLines(file)
        from fence in Fences
        where line.StartsWith(fence.Key, StringComparison.Ordinal) && !fence.Value.Contains(room)
        select $"{file}: {line}");

    [Fact]
    public void No_file_is_over_400_lines_and_nine_in_ten_have_at_most_220()
    {
        var lengths = Arrows.Keys.SelectMany(Sources).ToDictionary(file => file, file => File.ReadLines(file).Count());
        Assert.DoesNotContain(lengths, file => file.Value > 400);
        Assert.True(lengths.Count(file => file.Value <= 220) >= 0.9 * lengths.Count);
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing() => Assert.Empty(
        from assembly in new[] { typeof(Search.HpoJson), typeof(Training.TrainingRequest), typeof(Storage.Database), typeof(Worker.WorkerOptions), typeof(Api.ApiSetup), typeof(Client.HpoClient), typeof(Bench.QualityBench) }
        from type in assembly.Assembly.GetTypes()
        where new[] { "Manager", "Helper", "Util", "Utils", "Info", "Common" }.Any(word => type.Name.EndsWith(word, StringComparison.Ordinal))
            && type.Namespace?.StartsWith("HpoService", StringComparison.Ordinal) == true
        select type.FullName);

    [Fact]
    public void Sampler_and_pruner_classes_are_all_in_their_registries()
    {
        var search = typeof(Search.HpoJson).Assembly;
        var registries = File.ReadAllText(Path.Combine(Root, "src/Search/Sampling/SamplerRegistry.cs")) + File.ReadAllText(Path.Combine(Root, "src/Search/Pruning/PrunerRegistry.cs"));
        var plugs = search.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false }
            && (t.IsAssignableTo(typeof(Search.Sampling.ISampler)) || t.IsAssignableTo(typeof(Search.Pruning.IPruner))));
        Assert.All(plugs, plug => Assert.Contains($"new {plug.Name}(", registries, StringComparison.Ordinal));
    }

    [Fact]
    public void The_signatures_that_the_training_room_is_compiled_against_are_of_the_package_s_version()
    {
        var package = XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("PackageVersion").Single(p => p.Attribute("Include")!.Value == "TorchSharp-cpu");
        Assert.Contains($"TorchSharp {package.Attribute("Version")!.Value}.0,", File.ReadAllText(Path.Combine(Root, "tests/TorchSharp.Signatures/Signatures.cs")), StringComparison.Ordinal);
    }

    /// <summary>On PostgreSQL a statement that is canceled ends the transaction, and with it the requests of all who share it.</summary>
    [Fact]
    public void Within_a_turn_nobody_s_token_cancels_a_statement()
    {
        string[] withoutStatements = ["Proposing.Add", "TrialDispatcher.HandOutAsync"]; // looks at the token while it draws points
        var storage = typeof(Storage.Database).Assembly;
        Assert.Equal(withoutStatements,
            from type in storage.GetTypes()
            from method in type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            let parameters = method.GetParameters().Select(p => p.ParameterType.Name).ToList()
            where parameters.Contains("CancellationToken") && parameters.Intersect(["StudyWrite", "WriteTurn"]).Any()
            orderby type.Name
            select $"{type.Name}.{method.Name}");
        var turns = Sources("Storage").Select(File.ReadAllText)
            .SelectMany(text => Regex.Matches(text, @"(?:[Dd]atabase\.(?:Turn|Write)Async(?:<\S+>)?|(?<![\w.])WriteAsync)(?=\(\s*(?:study, )?(?:async )?\w+ =>)").Select(m => Arguments(text, m.Index + m.Length))).ToList();
        Assert.InRange(turns.Count, 30, 100);
        Assert.All(turns, turn => Assert.DoesNotMatch(@"ancellationToken\b(?!\s*$)", turn.Replace("idempotency, cancellationToken)", "idempotency)", StringComparison.Ordinal).Replace("CancellationToken.None", "", StringComparison.Ordinal)));
    }

    private static string Arguments(string text, int open)
    {
        for (var (i, depth) = (open, 0); ; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0)
                return text[(open + 1)..i];
        }
    }

    private static IEnumerable<string> Sources(string room) => Directory.EnumerateFiles(Path.Combine(Root, "src", room), "*.*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".cs" or ".cpp" or ".h" or ".ts" or ".css"
            && !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/Migrations/", StringComparison.Ordinal));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HpoService.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
