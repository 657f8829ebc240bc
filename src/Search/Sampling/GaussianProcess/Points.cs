// Notation: n points; d dimensions; X, shape [n][d] = their features.
namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Points by columns: all the first features, then all the second, …, so that a kernel's row is a few passes over memory.</summary>
internal sealed class Points
{
    public Points(bool[] isCategorical, IReadOnlyList<double[]> rows)
    {
        (IsCategorical, Rows) = (isCategorical, rows);
        Columns = new double[isCategorical.Length][];
        for (var j = 0; j < Columns.Length; j++)
        {
            Columns[j] = new double[rows.Count];
            for (var i = 0; i < rows.Count; i++)
                Columns[j][i] = rows[i][j];
        }
    }

    /// <summary>n.</summary>
    public int Count => Rows.Count;

    /// <summary>d.</summary>
    public int Dimensions => Columns.Length;

    /// <summary>Which dimensions are compared by equality only, shape [d].</summary>
    public bool[] IsCategorical { get; }

    /// <summary>X.</summary>
    public IReadOnlyList<double[]> Rows { get; }

    /// <summary>Xᵀ, shape [d][n].</summary>
    public double[][] Columns { get; }
}
