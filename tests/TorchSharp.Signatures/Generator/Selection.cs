using Microsoft.CodeAnalysis;

namespace HpoService.Generator;

/// <summary>What is written. Types that are mentioned, what they derive from and what their members return have all members of a mentioned name, and those that are called without a
/// name (operators, conversions, indexers) or must be there (abstract ones, implementations). Types of parameters alone have the latter only.</summary>
internal sealed class Selection
{
    private readonly HashSet<string> _mentions;
    private readonly Dictionary<INamedTypeSymbol, bool> _types = new(SymbolEqualityComparer.Default); // true: with members of mentioned names
    private readonly Queue<INamedTypeSymbol> _open = new();
    private readonly IAssemblySymbol _assembly;

    public Selection(IAssemblySymbol assembly, HashSet<string> mentions)
    {
        (_assembly, _mentions) = (assembly, mentions);
        foreach (var type in Types(assembly.GlobalNamespace).Where(IsMentioned))
            Reach(type, true);
        while (_open.TryDequeue(out var type))
            Follow(type);
    }

    public IEnumerable<INamedTypeSymbol> In(INamespaceOrTypeSymbol scope) => scope.GetTypeMembers().Where(_types.ContainsKey);

    public IEnumerable<INamespaceSymbol> Namespaces => _types.Keys.Where(t => t.ContainingType is null).Select(t => t.ContainingNamespace).Distinct<INamespaceSymbol>(SymbolEqualityComparer.Default);

    public IEnumerable<ISymbol> Members(INamedTypeSymbol type)
    {
        var implementations = type.AllInterfaces.SelectMany(i => i.GetMembers()).Select(type.FindImplementationForInterfaceMember).ToHashSet(SymbolEqualityComparer.Default);
        return type.GetMembers().Where(m => !m.IsImplicitlyDeclared && m is IFieldSymbol or IPropertySymbol
            or IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.Constructor or MethodKind.UserDefinedOperator or MethodKind.Conversion or MethodKind.ExplicitInterfaceImplementation }
            && (implementations.Contains(m) || (IsVisible(m) && (IsNameless(m) || type.TypeKind is TypeKind.Enum or TypeKind.Interface || (_types[type] && IsNamed(m))))));
    }

    private bool IsNamed(ISymbol member) => _mentions.Contains(member.Name) || member is IMethodSymbol { MethodKind: MethodKind.Constructor };

    private static bool IsNameless(ISymbol member) => member.IsAbstract || member is IMethodSymbol { OverriddenMethod: { } method } && IsNameless(method)
        || member is IPropertySymbol { OverriddenProperty: { } property } && IsNameless(property) || member is IPropertySymbol { IsIndexer: true }
        or IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion }
        or IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters: [] };

    private static bool IsVisible(ISymbol symbol) => symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol scope) => scope.GetMembers().OfType<INamespaceOrTypeSymbol>()
        .SelectMany(s => s is INamedTypeSymbol type ? IsVisible(type) ? Types(type).Prepend(type) : [] : Types(s));

    // A static class of extension methods is used without its name.
    private bool IsMentioned(INamedTypeSymbol type) => type.ContainingType is { } outer ? _mentions.Contains(type.Name) && IsMentioned(outer)
        : _mentions.Contains(type.Name) || type.GetMembers().Any(m => m is IMethodSymbol { IsExtensionMethod: true } && IsVisible(m) && _mentions.Contains(m.Name));

    private void Follow(INamedTypeSymbol type)
    {
        var full = _types[type];
        if (type.ContainingType is { } outer)
            Reach(outer, false);
        if (type.BaseType is { } parent)
            Reach(parent, full);
        foreach (var contract in type.Interfaces)
            Reach(contract, full);
        foreach (var bound in type.TypeParameters.SelectMany(p => p.ConstraintTypes))
            Reach(bound, false);
        if (type.DelegateInvokeMethod is { } invoke)
            Reach(invoke, full);
        foreach (var member in Members(type))
            switch (member)
            {
                case IFieldSymbol field: Reach(field.Type, full); break;
                case IMethodSymbol method: Reach(method, full); break;
                case IPropertySymbol property:
                    Reach(property.Type, full);
                    foreach (var index in property.Parameters)
                        Reach(index.Type, false);
                    break;
            }
    }

    private void Reach(IMethodSymbol method, bool full)
    {
        Reach(method.ReturnType, full);
        foreach (var parameter in method.Parameters)
            Reach(parameter.Type, full && parameter.RefKind == RefKind.Out);
        foreach (var bound in method.TypeParameters.SelectMany(p => p.ConstraintTypes))
            Reach(bound, false);
    }

    private void Reach(ITypeSymbol type, bool full)
    {
        if (type is IArrayTypeSymbol array)
            Reach(array.ElementType, full);
        if (type is not INamedTypeSymbol named)
            return;
        foreach (var argument in named.TypeArguments)
            if (!SymbolEqualityComparer.Default.Equals(argument, named))
                Reach(argument, full);
        var definition = named.OriginalDefinition;
        if (!SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, _assembly) || (_types.TryGetValue(definition, out var before) && (before || !full)))
            return;
        _types[definition] = full;
        _open.Enqueue(definition);
    }
}
