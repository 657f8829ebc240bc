"""How numbers enter a network, on phoneme: one fixed configuration in Python's torch, one seed a line, the epoch chosen by validation accuracy.

OMP_NUM_THREADS=1 python3 features.py SHARED
"""
import math, sys
import numpy as np
import torch
from scipy.stats import norm
from sklearn.preprocessing import QuantileTransformer
from tasks import phoneme

torch.set_num_threads(1)
EPOCHS, RATE, TERMS, WIDTH = 60, 2e-3, 32, 16
_, _, x, y, parts = phoneme(sys.argv[1], None)


class Periodic(torch.nn.Module):
    def __init__(self, features):
        super().__init__()
        self.frequencies = torch.nn.Parameter(torch.randn(features, TERMS))
        self.weight = torch.nn.Parameter((torch.rand(features, 2 * TERMS, WIDTH) * 2 - 1) / math.sqrt(2 * TERMS))
        self.bias = torch.nn.Parameter(torch.zeros(features, 1, WIDTH))

    def forward(self, x):
        waves = 2 * math.pi * x.unsqueeze(2) * self.frequencies
        terms = torch.cat([waves.sin(), waves.cos()], 2).transpose(0, 1)
        return (terms @ self.weight + self.bias).relu().transpose(0, 1).flatten(1)


class Piecewise(torch.nn.Module):
    def __init__(self, features):
        super().__init__()
        self.edges = torch.tensor(norm.ppf(np.linspace(0.25 / TERMS, 1 - 0.25 / TERMS, TERMS + 1)), dtype=torch.float32)
        self.weight = torch.nn.Parameter((torch.rand(features, TERMS, WIDTH) * 2 - 1) / math.sqrt(TERMS))
        self.bias = torch.nn.Parameter(torch.zeros(features, 1, WIDTH))

    def forward(self, x):
        terms = ((x.unsqueeze(2) - self.edges[:-1]) / (self.edges[1:] - self.edges[:-1])).clamp(0, 1).transpose(0, 1)
        return (terms @ self.weight + self.bias).relu().transpose(0, 1).flatten(1)


def run(normalization, embedding):
    torch.manual_seed(0)
    train = x[parts[0]]
    z = (x - train.mean(0)) / train.std(0) if normalization == "standard" else \
        QuantileTransformer(output_distribution="normal", n_quantiles=256).fit(train).transform(x)
    z, labels, width = torch.tensor(z, dtype=torch.float32), torch.tensor(y), x.shape[1]
    layers = []
    if embedding:
        layers, width = [embedding(width)], width * WIDTH
    for _ in range(2):
        layers, width = layers + [torch.nn.Linear(width, 256), torch.nn.ReLU(), torch.nn.Dropout(0.2)], 256
    network = torch.nn.Sequential(*layers, torch.nn.Linear(width, 2))
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-4)
    (xt, yt), *held = [(z[p], labels[p]) for p in parts]
    best = (-1, None)
    for epoch in range(EPOCHS):
        network.train()
        order = torch.randperm(len(xt))
        optimizer.param_groups[0]["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * epoch / EPOCHS))
        for i in range(0, len(order), 64):
            batch = order[i:i + 64]
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(xt[batch]), yt[batch]).backward()
            optimizer.step()
        network.eval()
        with torch.no_grad():
            validation, test = [(network(a).argmax(1) == b).float().mean().item() for a, b in held]
        if validation > best[0]:
            best = (validation, test)
    print(f"{normalization:9} {embedding.__name__ if embedding else 'none':10} validation {best[0]:.4f} test {best[1]:.4f}", flush=True)


for normalization in ("standard", "quantile"):
    for embedding in (None, Periodic, Piecewise):
        run(normalization, embedding)
