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
op("sign_sin_cos", lambda a, b: b.sin() * a.cos() + a.sign())
op("maximum", lambda a, b: torch.maximum(a, b) - torch.minimum(a, b * 0.5))
op("where", lambda a, b: torch.where(a > 0, a * 2, b))
op("clamp", lambda a, b: a.clamp(-0.5, 0.5))
op("masked_fill", lambda a, b: a.masked_fill(a < 0, 3.0))
op("norm", lambda a, b: a.norm())
op("max_min", lambda a, b: a.max() - b.min())
op("mean01", lambda a, b: a.mean([0, 1]))
op("softmax", lambda a, b: a.softmax(1))
op("shapes", lambda a, b: torch.cat([a.t().reshape(2, 6), b.transpose(0, 1).flip(0).flatten().unsqueeze(0).expand(2, 12)], 1))
op("stack", lambda a, b: torch.stack([a, b], 1).permute(2, 0, 1).roll(1, 0).select(1, 2))
op("gather", lambda a, b: a.gather(1, torch.tensor([[0, 0], [1, 3], [2, 2]])))
op("index_select", lambda a, b: a.index_select(1, torch.tensor([3, 0, 3])).narrow(0, 1, 2))
op("pad", lambda a, b: F.pad(a, (1, 2, 0, 1), value=0.5))
op("smooth_l1", lambda a, b: F.smooth_l1_loss(a, b))
op("label_smoothing", lambda a, b: F.cross_entropy(a.matmul(W.t()), T, label_smoothing=0.1))
op("class_weights", lambda a, b: F.cross_entropy(a.matmul(W.t()), T, weight=torch.tensor([1.0, 2, 3, 4, 5])))
op("conv2d", lambda a, b: F.conv2d(a.reshape(1, 1, 3, 4), b.reshape(3, 1, 2, 2), stride=1, padding=1))
op("conv2d_groups", lambda a, b: F.conv2d(a.reshape(1, 2, 2, 3), b.reshape(2, 1, 2, 3), padding=2, stride=2, groups=2))
op("max_pool2d", lambda a, b: F.max_pool2d(a.reshape(1, 1, 3, 4), 2))
op("avg_pool2d", lambda a, b: F.avg_pool2d(a.reshape(1, 1, 3, 4), 2, 1, 1))
op("adaptive_avg_pool2d", lambda a, b: F.adaptive_avg_pool2d(a.reshape(1, 1, 3, 4), 2))
op("batch_norm2d", lambda a, b: F.batch_norm(a.reshape(1, 3, 2, 2), torch.zeros(3), torch.ones(3), torch.ones(3), torch.zeros(3), training=True))
op("embedding", lambda a, b: F.embedding(torch.tensor([2, 0, 2]), a))
op("affine_grid", lambda a, b: F.grid_sample(a.reshape(1, 1, 3, 4), F.affine_grid(torch.tensor([[[0.9, 0.2, 0.1], [-0.2, 1.1, 0.0]]]), [1, 1, 3, 4], align_corners=False), align_corners=False))


def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ v


op("attention", lambda a, b: attention(a, b, a * b))
op("attention_causal", lambda a, b: attention(a, b, b, torch.ones(3, 3, dtype=torch.bool).tril()))
op("attention_mask", lambda a, b: attention(a, b, b, torch.tensor([[True, False, True]])))
op("attention4", lambda a, b: attention(a.reshape(1, 2, 3, 2), b.reshape(1, 2, 3, 2), (a * b).reshape(1, 2, 3, 2)))
op("attention4_causal", lambda a, b: attention(a.reshape(2, 1, 3, 2), b.reshape(2, 1, 3, 2), b.reshape(2, 1, 3, 2), torch.ones(3, 3, dtype=torch.bool).tril()))
op("attention4_mask", lambda a, b: attention(
    a.reshape(2, 3, 1, 2).transpose(1, 2), b.reshape(2, 3, 1, 2).transpose(1, 2), a.reshape(2, 3, 1, 2).transpose(1, 2), torch.tensor([[[[True, False, True]]], [[[True, True, False]]]])))
op("unbind", lambda a, b: a.unbind(1)[0] * a.unbind(1)[3])

for name, make in {
    "rnn": lambda: torch.nn.RNN(2, 3, num_layers=2, batch_first=True),
    "rnn_relu": lambda: torch.nn.RNN(2, 3, nonlinearity="relu", batch_first=True),
    "lstm": lambda: torch.nn.LSTM(2, 3, num_layers=2, batch_first=True, bidirectional=True),
    "lstm_one": lambda: torch.nn.LSTM(2, 3, batch_first=True),
    "gru": lambda: torch.nn.GRU(2, 3, batch_first=True, bidirectional=True),
}.items():
    torch.manual_seed(3)
    network = make()
    op(name, lambda a, b: network(a.reshape(2, 3, 2))[0] * 2 + network(b.reshape(2, 3, 2))[1][0].sum())

op("cross_entropy", lambda a, b: F.cross_entropy(a.matmul(W.t()), T))

class NAdam(torch.optim.Optimizer):
    """The formulas of torch.optim.NAdam's documentation: 1.13's code multiplies by one factor too many, which 2.0 mended."""

    def __init__(self, p, lr, weight_decay, momentum_decay):
        super().__init__(p, dict(lr=lr, weight_decay=weight_decay, momentum_decay=momentum_decay))
        self.m, self.v, self.product, self.t = 0, 0, 1, 0

    @torch.no_grad()
    def step(self):
        o, (p,) = self.defaults, self.param_groups[0]["params"]
        self.t += 1
        g = p.grad + o["weight_decay"] * p
        mu, after = (0.9 * (1 - 0.5 * 0.96 ** (t * o["momentum_decay"])) for t in (self.t, self.t + 1))
        self.product *= mu
        self.m, self.v = 0.9 * self.m + 0.1 * g, 0.999 * self.v + 0.001 * g * g
        mean = after * self.m / (1 - self.product * after) + (1 - mu) * g / (1 - self.product)
        p -= o["lr"] * mean / ((self.v / (1 - 0.999 ** self.t)).sqrt() + 1e-8)


for name, make in {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True),
    "sgd_dampening": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.5, dampening=0.3),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.9, 0.99), weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.05, betas=(0.9, 0.99), weight_decay=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, weight_decay=0.01),
    "sgd_plain": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.1, lr_decay=0.01, weight_decay=0.01, initial_accumulator_value=0.1),
    "adadelta": lambda p: torch.optim.Adadelta(p, lr=1.0, rho=0.9, weight_decay=0.01),
    "nadam": lambda p: NAdam(p, lr=0.05, weight_decay=0.01, momentum_decay=4e-3),
    "radam": lambda p: torch.optim.RAdam(p, lr=0.05, betas=(0.9, 0.99), weight_decay=0.01),
    "rmsprop_momentum": lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.9),
}.items():
    w = W.clone().requires_grad_()
    optimizer = make([w])
    for _ in range(25):
        optimizer.zero_grad()
        F.cross_entropy(A.matmul(w.t()), T).backward()
        optimizer.step()
    out["optimizers"][name] = w.detach().flatten().tolist()

w = W.clone().requires_grad_()
(F.cross_entropy(A.matmul(w.t()), T) * 40).backward()
out["clip_norm"] = [torch.nn.utils.clip_grad_norm_([w], 0.5).item()] + w.grad.flatten().tolist()
out["clip_value"] = w.grad.clamp(-0.01, 0.01).flatten().tolist()
v = B[0].clone().requires_grad_()
first = torch.autograd.grad((v ** 3).prod(), v, create_graph=True)[0]
out["hessian_vector"] = torch.autograd.grad(first, v, grad_outputs=A[0])[0].tolist()
torch.manual_seed(5)
out["orthogonal"] = torch.nn.init.orthogonal_(torch.empty(4, 6), 1.5).flatten().tolist()
torch.manual_seed(6)
out["conv_start"] = torch.nn.Conv2d(2, 3, 3).weight.detach().flatten().tolist()

torch.manual_seed(42)
out["randn"] = torch.randn(8).tolist()
torch.manual_seed(7)
linear = torch.nn.Linear(6, 3)
out["linear"] = [linear.weight.detach().flatten().tolist(), linear.bias.detach().flatten().tolist()]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json"), "w") as f:
    json.dump(out, f)
