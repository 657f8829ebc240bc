using System.Text.Json.Serialization;

namespace HpoService.Search.Spaces;

/// <summary>A parameter as it stands in JSON: requests, answers, the database and model cards share this one form.</summary>
public sealed record ParameterSpec
{
    /// <summary>Unique in its study; the key in a trial's <c>parameters</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One of <c>float</c>, <c>int</c>, <c>ordinal</c>, <c>categorical</c>, <c>boolean</c>.</summary>
    public required string Type { get; init; }

    /// <summary>float, int: the smallest value.</summary>
    public double? Low { get; init; }

    /// <summary>float, int: the largest value.</summary>
    public double? High { get; init; }

    /// <summary>float, int: <c>linear</c> (default) or <c>log</c>.</summary>
    public Scale? Scale { get; init; }

    /// <summary>float, int: the distance of neighbouring values.</summary>
    public double? Step { get; init; }

    /// <summary>ordinal: the values in their order.</summary>
    public IReadOnlyList<ParameterValue>? Values { get; init; }

    /// <summary>categorical: the choices.</summary>
    public IReadOnlyList<ParameterValue>? Choices { get; init; }

    /// <summary>When the parameter is active; left out = always.</summary>
    public ConditionSpec? When { get; init; }

    /// <summary>The domain's parameter.</summary>
    /// <exception cref="InvalidSearchSpaceException">A rule is broken; pointers are relative to this parameter.</exception>
    public Parameter ToParameter()
    {
        var when = When?.ToCondition();
        return Type switch
        {
            "float" => new FloatParameter(Name, Need(Low, "low"), Need(High, "high"), Scale ?? default, Step, Only(when, "values", "choices")),
            "int" => new IntParameter(Name, Whole(Low, "low"), Whole(High, "high"), Scale ?? default, Whole(Step ?? 1, "step"), Only(when, "values", "choices")),
            "ordinal" => new OrdinalParameter(Name, Values ?? throw Missing("values"), Only(when, "low", "high", "scale", "step", "choices")),
            "categorical" => new CategoricalParameter(Name, Choices ?? throw Missing("choices"), Only(when, "low", "high", "scale", "step", "values")),
            "boolean" => new BooleanParameter(Name, Only(when, "low", "high", "scale", "step", "values", "choices")),
            _ => throw new InvalidSearchSpaceException("/type", $"type must be one of float, int, ordinal, categorical, boolean, but got '{Type}'."),
        };
    }

    /// <summary>The JSON form of a parameter.</summary>
    public static ParameterSpec From(Parameter parameter) => parameter switch
    {
        FloatParameter p => New(p, "float") with { Low = p.Low, High = p.High, Scale = p.Scale, Step = p.Step },
        IntParameter p => New(p, "int") with { Low = p.Low, High = p.High, Scale = p.Scale, Step = p.Step == 1 ? null : p.Step },
        OrdinalParameter p => New(p, "ordinal") with { Values = p.Choices },
        CategoricalParameter p => New(p, "categorical") with { Choices = p.Choices },
        BooleanParameter p => New(p, "boolean"),
        _ => throw new InvalidOperationException($"{parameter.GetType()} has no JSON form."),
    };

    /// <summary>The space that a list of specs describes.</summary>
    /// <exception cref="InvalidSearchSpaceException">Lists every violation, with pointers such as <c>/2/low</c>.</exception>
    public static SearchSpace ToSpace(IReadOnlyList<ParameterSpec> specs)
    {
        var violations = new List<Violation>();
        var parameters = new List<Parameter>();
        for (var i = 0; i < specs.Count; i++)
        {
            try
            {
                parameters.Add(specs[i].ToParameter());
            }
            catch (InvalidSearchSpaceException e)
            {
                violations.AddRange(e.Violations.Select(v => v with { Pointer = $"/{i}{v.Pointer}" }));
            }
        }

        return violations.Count == 0 ? new SearchSpace(parameters) : throw new InvalidSearchSpaceException(violations);
    }

    private static ParameterSpec New(Parameter p, string type) => new() { Name = p.Name, Type = type, When = ConditionSpec.From(p.When) };

    private static InvalidSearchSpaceException Missing(string field) => new($"/{field}", $"{field} must be given, but got nothing.");

    private static double Need(double? value, string field) => value ?? throw Missing(field);

    private static long Whole(double? value, string field) => Need(value, field) is var number && Math.Floor(number) == number && Math.Abs(number) <= 1L << 53
        ? (long)number
        : throw new InvalidSearchSpaceException($"/{field}", $"{field} must be a whole number for an int parameter, but got {number}.");

    private Condition? Only(Condition? when, params ReadOnlySpan<string> excluded)
    {
        foreach (var field in excluded)
        {
            object? given = field switch { "low" => Low, "high" => High, "scale" => Scale, "step" => Step, "values" => Values, _ => Choices };
            if (given is not null)
                throw new InvalidSearchSpaceException($"/{field}", $"{field} must be absent for type {Type}, but got one.");
        }

        return when;
    }
}

/// <summary>A condition as it stands in JSON.</summary>
public sealed record ConditionSpec
{
    /// <summary>The name of an earlier parameter.</summary>
    public required string Parameter { get; init; }

    /// <summary>Active for these values of a categorical, ordinal, boolean or int parameter.</summary>
    [JsonPropertyName("in")]
    public IReadOnlyList<ParameterValue>? In { get; init; }

    /// <summary>Active from this number on.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Active up to this number.</summary>
    public double? AtMost { get; init; }

    internal Condition ToCondition() => In is null
        ? new Condition(Parameter, AtLeast, AtMost)
        : AtLeast is null && AtMost is null
            ? new Condition(Parameter, In)
            : throw new InvalidSearchSpaceException("/when", "in and atLeast/atMost must not both be given, but got both.");

    internal static ConditionSpec? From(Condition? when) => when is null
        ? null
        : new ConditionSpec { Parameter = when.Parameter, In = when.In, AtLeast = when.AtLeast, AtMost = when.AtMost };
}
