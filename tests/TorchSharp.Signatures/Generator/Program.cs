using HpoService.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

// Run it in the repository's root: docs/training.md.
if (args is not [var library])
{
    Console.Error.WriteLine("One argument must be given, TorchSharp.dll's path.");
    return 1;
}

var framework = Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll");
var compilation = CSharpCompilation.Create(
    "reader", [], [.. framework.Append(library).Select(file => MetadataReference.CreateFromFile(file))],
    new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, metadataImportOptions: MetadataImportOptions.All));
var assembly = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(compilation.References.Last())!;

var selection = new Selection(assembly, Mentions.Of("src/Training"));
File.WriteAllText("tests/TorchSharp.Signatures/Signatures.cs", new Writer(selection).Write(assembly.Identity));
return 0;
