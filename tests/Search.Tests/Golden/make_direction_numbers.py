"""Prints the rows of src/Search/Sampling/Sobol/DirectionNumbers.cs from the table that scipy ships. Run: /usr/bin/python3 make_direction_numbers.py"""
import pathlib

import numpy as np
import scipy.stats

table = np.load(pathlib.Path(scipy.stats.__file__).parent / "_sobol_direction_numbers.npz")
for polynomial, numbers in zip(table["poly"][1:64], table["vinit"][1:64]):
    degree = int(polynomial).bit_length() - 1
    print(f"        [{', '.join(str(int(v)) for v in [polynomial, *numbers[:degree]])}],")
