#!/usr/bin/python3
"""Writes golden.json: values and gradients of Python's torch, which the binding must reproduce. Needs Debian's python3-torch."""
import json
import os

import torch
import torch.nn.functional as F

torch.manual_seed(0)
A = torch.randn(3, 4)
B = torch.rand(3, 4) + 0.5
W = torch.randn(5, 4)
T = torch.tensor([1, 0, 4])
out = {"A": A.flatten().tolist(), "B": B.flatten().tolist(), "W": W.flatten().tolist(), "ops": {}, "optimizers": {}}


def op(name, f):
    a, b = A.clone().requires_grad_(), B.clone().requires_grad_()
    y = f(a, b)
    (y * y).sum().backward()
    zeros = torch.zeros(3, 4)
    out["ops"][name] = [g.flatten().tolist() for g in (y.detach(), zeros if a.grad is None else a.grad, zeros if b.grad is None else b.grad)]


op("add", lambda a, b: a + b)
op("sub", lambda a, b: a - b)
op("mul", lambda a, b: a * b)
op("div", lambda a, b: a / b)
op("matmul", lambda a, b: a.matmul(b.t()))
op("exp", lambda a, b: a.exp())
op("log", lambda a, b: b.log())
op("sqrt", lambda a, b: b.sqrt())
op("abs", lambda a, b: a.abs())
op("relu", lambda a, b: a.relu())
op("tanh", lambda a, b: a.tanh())
op("sigmoid", lambda a, b: a.sigmoid())
op("gelu", lambda a, b: F.gelu(a))
op("silu", lambda a, b: F.silu(a))
op("pow", lambda a, b: b.pow(2.5))
op("sum1", lambda a, b: a.sum(1))
op("mean0", lambda a, b: a.mean(0))
op("log_softmax", lambda a, b: F.log_softmax(a, 1))
op("mse_loss", lambda a, b: F.mse_loss(a, b))
op("layer_norm", lambda a, b: F.layer_norm(a, (4,)))
op("batch_norm", lambda a, b: F.batch_norm(a, torch.zeros(4), torch.ones(4), torch.ones(4), torch.zeros(4), training=True))
op("cross_entropy", lambda a, b: F.cross_entropy(a.matmul(W.t()), T))

for name, make in {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True),
    "sgd_dampening": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.5, dampening=0.3),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.9, 0.99), weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.05, betas=(0.9, 0.99), weight_decay=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, weight_decay=0.01),
    "rmsprop_momentum": lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.9),
}.items():
    w = W.clone().requires_grad_()
    optimizer = make([w])
    for _ in range(25):
        optimizer.zero_grad()
        F.cross_entropy(A.matmul(w.t()), T).backward()
        optimizer.step()
    out["optimizers"][name] = w.detach().flatten().tolist()

torch.manual_seed(42)
out["randn"] = torch.randn(8).tolist()
torch.manual_seed(7)
linear = torch.nn.Linear(6, 3)
out["linear"] = [linear.weight.detach().flatten().tolist(), linear.bias.detach().flatten().tolist()]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json"), "w") as f:
    json.dump(out, f)
