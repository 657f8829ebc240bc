"""Writes the golden values beside this file, from scikit-learn, scipy and mpmath. Run: /usr/bin/python3 make_golden.py"""
import json
import pathlib

import mpmath
import numpy as np
from scipy.stats import qmc
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

HERE = pathlib.Path(__file__).parent
mpmath.mp.dps = 60


def gaussian_process():
    rng = np.random.default_rng(1)
    cases = []
    for n, d, signal, noise in [(1, 1, 1.0, 1e-2), (5, 2, 0.7, 1e-4), (20, 3, 2.5, 0.1), (40, 8, 1.3, 1e-6)]:
        x, q = rng.uniform(size=(n, d)), rng.uniform(size=(6, d))
        y = np.sin(5 * x.sum(axis=1)) + rng.normal(size=n) * 0.1
        scales = rng.uniform(0.2, 2, size=d)
        kernel = ConstantKernel(signal) * Matern(scales, nu=2.5) + WhiteKernel(noise)
        gp = GaussianProcessRegressor(kernel, optimizer=None, alpha=0).fit(x, y)
        mean, std = gp.predict(q, return_std=True)
        value, gradient = gp.log_marginal_likelihood(kernel.theta, eval_gradient=True)
        # theta of scikit-learn: ln signal, ln scales, ln noise. A prediction's variance there includes the noise.
        cases.append(dict(x=x.tolist(), y=y.tolist(), scales=scales.tolist(), signal=signal, noise=noise, query=q.tolist(),
                          mean=mean.tolist(), variance=(std**2 - noise).tolist(), logLikelihood=value,
                          gradient=[*gradient[1:-1], gradient[0], gradient[-1]]))
    return cases


def log_ei():
    """ln(phi(z) + z Phi(z)) and its derivative with 60 digits, more where they cancel."""
    rows = []
    magnitudes = [10.0**e for e in range(-50, 51)] + [0.3, 0.9, 1.5, 2.5, 5.0, 7.0, 8.0, 20.0, 36.0, 37.0, 40.0, 999.0, 1001.0, 123456.0]
    for z in sorted([-m for m in magnitudes] + [0.0] + [m for m in magnitudes if m < 1e10]):
        mpmath.mp.dps = 60 + int(4 * max(0, np.log10(abs(z) or 1)))
        m = mpmath.mpf(z)
        if z < -30:
            # phi and Phi underflow even there: the series of Mills' ratio, h = phi * (1 - z * M(-z)).
            a, terms, term, k = -m, mpmath.mpf(0), mpmath.mpf(1), 0
            while k < 60 and abs(term) > mpmath.mpf(10)**-40:
                term = mpmath.fac2(2 * k + 1) * (-1)**k / a**(2 * k + 2)
                terms += term
                k += 1
            tail, tk, t = mpmath.mpf(0), 0, mpmath.mpf(1)
            while tk < 60 and abs(t) > mpmath.mpf(10)**-40:
                t = mpmath.fac2(2 * tk - 1) * (-1)**tk / a**(2 * tk + 1)
                tail += t
                tk += 1
            value = -m * m / 2 - mpmath.log(2 * mpmath.pi) / 2 + mpmath.log(terms)
            slope = tail / terms
        else:
            h = mpmath.npdf(m) + m * mpmath.ncdf(m)
            value, slope = mpmath.log(h), mpmath.ncdf(m) / h
        rows.append([z, float(value), float(slope)])
    return rows


def sobol():
    """Unscrambled points 0 to 63 in 64 dimensions, and a far one."""
    sequence = qmc.Sobol(64, scramble=False)
    points = sequence.random(64)
    sequence.fast_forward(4096 - 64)
    return dict(points=points.tolist(), far=sequence.random(1)[0].tolist(), farIndex=4096)


for name, values in [("gp", gaussian_process()), ("log-ei", log_ei()), ("sobol", sobol())]:
    (HERE / f"{name}.json").write_text(json.dumps(values) + "\n")
