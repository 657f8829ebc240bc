#!/usr/bin/python3
"""Steps a second of the networks of `hpo bench training` in Python's torch, one thread: NAME SECONDS. Needs Debian's python3-torch."""
import gzip
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
with gzip.open(os.path.join(root, "src/Training/DataSets/digits.csv.gz"), "rt") as f:
    rows = torch.tensor([[float(v) for v in line.split(",")] for line in f])[:1080]
x = ((rows[:, :-1] - rows[:, :-1].mean(0)) / (rows[:, :-1].std(0) + 1e-6)).reshape(-1, 1, 8, 8)
y = rows[:, -1].long()


class Rows(nn.Module):
    """The rows of an image as a sequence; its last state."""

    def __init__(self):
        super().__init__()
        self.rnn, self.dropout, self.head = nn.LSTM(8, 64, batch_first=True), nn.Dropout(0.0), nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.dropout(self.rnn(x.transpose(1, 2).flatten(2))[0][:, -1]))


class Patches(nn.Module):
    """A transformer encoder over patches of 2 x 2."""

    def __init__(self):
        super().__init__()
        self.embedding, self.positions = nn.Conv2d(1, 64, 2, stride=2), torch.randn(16, 64)
        layer = nn.TransformerEncoderLayer(64, 4, 128, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        self.encoder, self.norm, self.head = nn.TransformerEncoder(layer, 2), nn.LayerNorm(64), nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.norm(self.encoder(self.embedding(x).flatten(2).transpose(1, 2) + self.positions)).mean(1))


networks = {
    "mlp": lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10)),
    "cnn": lambda: nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10)),
    "lstm": Rows,
    "transformer": Patches,
}
network = networks[sys.argv[1]]()
optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)


def epoch():
    network.train()
    total = 0.0
    for index in torch.randperm(len(x)).split(64):
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(network(x[index]), y[index])
        total += loss.item() * len(index)
        loss.backward()
        optimizer.step()
    return total


for _ in range(3):
    epoch()
start, steps = time.perf_counter(), 0
while time.perf_counter() - start < float(sys.argv[2]):
    epoch()
    steps += (len(x) + 63) // 64
print(steps / (time.perf_counter() - start))
