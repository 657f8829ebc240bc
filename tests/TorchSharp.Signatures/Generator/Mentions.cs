using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HpoService.Generator;

/// <summary>The identifiers of all source files, those in comments' references too.</summary>
internal static class Mentions
{
    public static HashSet<string> Of(string folder) =>
    [
        .. from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
           where !file.Contains("/obj/", StringComparison.Ordinal)
           from token in CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot().DescendantTokens(descendIntoTrivia: true)
           where token.IsKind(SyntaxKind.IdentifierToken)
           select token.ValueText,
    ];
}
