#!/usr/bin/python3
"""Writes golden.json: what Python's torch and scikit-learn say. Needs Debian's python3-torch, python3-sklearn and libjpeg-turbo-progs."""
import base64
import json
import math
import os
import subprocess

import numpy as np
import sklearn.metrics as metrics
import torch
import torch.nn.functional as F
from torch.optim import lr_scheduler as lr

out = {"schedules": {}, "lbfgs": {}, "metrics": {}, "networks": {}}


# Schedules: the rates of 30 updates from a learning rate of 1.
def schedule(name, make, losses=None):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    s = make(optimizer)
    rates = []
    for i in range(30):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        s.step() if losses is None else s.step(losses[i])
    out["schedules"][name] = rates


plateau = [1.0, 0.9, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8] + [0.8] * 20
schedule("constant", lambda o: lr.ConstantLR(o, factor=1.0))
schedule("step", lambda o: lr.StepLR(o, 7, gamma=0.3))
schedule("multiStep", lambda o: lr.MultiStepLR(o, [4, 11, 20], gamma=0.5))
schedule("exponential", lambda o: lr.ExponentialLR(o, 0.9))
schedule("cosine", lambda o: lr.CosineAnnealingLR(o, 30, eta_min=0.05))
schedule("cosineRestarts", lambda o: lr.CosineAnnealingWarmRestarts(o, 4, T_mult=2, eta_min=0.1))
schedule("triangular", lambda o: lr.CyclicLR(o, 0.2, 1.0, step_size_up=5, cycle_momentum=False))
schedule("triangular2", lambda o: lr.CyclicLR(o, 0.2, 1.0, step_size_up=5, mode="triangular2", cycle_momentum=False))
schedule("expRange", lambda o: lr.CyclicLR(o, 0.2, 1.0, step_size_up=5, mode="exp_range", gamma=0.95, cycle_momentum=False))
schedule("oneCycle", lambda o: lr.OneCycleLR(o, 1.0, total_steps=31, pct_start=0.25, div_factor=20, final_div_factor=100, cycle_momentum=False))
schedule("reduceOnPlateau", lambda o: lr.ReduceLROnPlateau(o, factor=0.5, patience=2, threshold=1e-3), plateau)
schedule("warmup", lambda o: lr.SequentialLR(o, [lr.LinearLR(o, 0.2, total_iters=5), lr.ExponentialLR(o, 0.9)], [5]))

# Classes of points on curves: the same data in C#.
X = torch.tensor([[math.sin(1 + 3 * i + j) for j in range(4)] for i in range(30)], dtype=torch.float32)
T = torch.tensor([0 if math.sin(1 + 3 * i) < -0.5 else 1 if math.sin(1 + 3 * i) < 0.5 else 2 for i in range(30)])
w = torch.zeros(3, 4, requires_grad=True)
optimizer = torch.optim.LBFGS([w], lr=1, max_iter=6, history_size=3, tolerance_grad=1e-7, tolerance_change=1e-9, line_search_fn="strong_wolfe")


def loss():
    optimizer.zero_grad()
    value = F.cross_entropy(X @ w.t(), T) + 0.005 * (w ** 2).sum()
    value.backward()
    return value


out["lbfgs"]["losses"] = [optimizer.step(loss).item() for _ in range(4)]
out["lbfgs"]["weights"] = w.detach().flatten().tolist()
v = torch.tensor([-1.2, 1.0], requires_grad=True)
optimizer = torch.optim.LBFGS([v], lr=1, max_iter=5, history_size=10, tolerance_grad=1e-7, tolerance_change=1e-9, line_search_fn="strong_wolfe")


def rosenbrock():
    optimizer.zero_grad()
    value = (1 - v[0]) ** 2 + 100 * (v[1] - v[0] ** 2) ** 2
    value.backward()
    return value


out["lbfgs"]["rosenbrock"] = [optimizer.step(rosenbrock).item() for _ in range(6)]

# Metrics.
rng = np.random.default_rng(0)
for classes in (2, 4):
    logits = rng.normal(size=(60, classes)).round(1)
    labels = rng.integers(0, classes, 60)
    logp = torch.log_softmax(torch.tensor(logits), 1).numpy()
    predicted, p = logp.argmax(1), np.exp(logp)
    out["metrics"][f"classes{classes}"] = {
        "logits": logp.flatten().tolist(), "labels": labels.tolist(),
        "accuracy": metrics.accuracy_score(labels, predicted), "balancedAccuracy": metrics.balanced_accuracy_score(labels, predicted),
        "macroF1": metrics.f1_score(labels, predicted, average="macro"), "logLoss": metrics.log_loss(labels, p),
        "auc": metrics.roc_auc_score(labels, p[:, 1]) if classes == 2
        else float(np.mean([metrics.roc_auc_score(labels == c, p[:, c]) for c in range(classes)])),
    }
y, f = rng.normal(size=40), rng.normal(size=40)
out["metrics"]["regression"] = {
    "targets": y.tolist(), "outputs": f.tolist(), "mse": metrics.mean_squared_error(y, f), "mae": metrics.mean_absolute_error(y, f),
    "rmse": metrics.mean_squared_error(y, f, squared=False), "r2": metrics.r2_score(y, f),
}

# A transformer's encoder layer, normalised first, in torch.nn's words.
torch.manual_seed(1)
layer = torch.nn.TransformerEncoderLayer(8, 2, 12, dropout=0, activation="gelu", batch_first=True, norm_first=True).eval()
x = torch.randn(2, 5, 8)
names = {"norm1": layer.norm1, "norm2": layer.norm2, "output": layer.self_attn.out_proj, "up": layer.linear1, "down": layer.linear2}
tensors = {f"{n}.{k}": t.flatten().tolist() for n, m in names.items() for k, t in m.state_dict().items()}
tensors |= {"attention.weight": layer.self_attn.in_proj_weight.flatten().tolist(), "attention.bias": layer.self_attn.in_proj_bias.flatten().tolist()}
real = torch.tensor([5, 3])
padding = torch.arange(5)[None] >= real[:, None]
causal = torch.ones(5, 5).triu(1).bool()
train = layer.train()  # the fast path of evaluation fills padded places otherwise
out["networks"]["encoder"] = {
    "tensors": tensors, "x": x.flatten().tolist(), "plain": train(x).flatten().tolist(), "causal": train(x, src_mask=causal).flatten().tolist(),
    "padded": (train(x, src_key_padding_mask=padding) * ~padding[:, :, None]).flatten().tolist(),
}

# Images brought to a square: torchvision's Resize of the shorter side with antialias, then CenterCrop.
out["squares"] = []
for channels, height, width, side in ((1, 7, 5, 3), (3, 4, 9, 4), (1, 2, 3, 5), (1, 11, 11, 2)):
    image = torch.rand(channels, height, width, generator=torch.Generator().manual_seed(height))
    shorter = min(height, width)
    h, w = height * side // shorter, width * side // shorter
    fitted = torch.nn.functional.interpolate(image[None], (h, w), mode="bilinear", antialias=True)[0]
    top, left = round((h - side) / 2), round((w - side) / 2)
    out["squares"].append({"sizes": [channels, height, width], "side": side, "values": image.flatten().tolist(),
                           "square": fitted[:, top:top + side, left:left + side].flatten().tolist()})

# JPEG by libjpeg-turbo's own programs.
def run(command, data):
    return subprocess.run(command.split(), input=data, stdout=subprocess.PIPE, check=True).stdout


colours = b"P6 16 12 255\n" + bytes(v for y in range(12) for x in range(16) for v in (x * 16, y * 20, 128))
gray = b"P5 16 12 255\n" + bytes(x * 8 + y * 10 for y in range(12) for x in range(16))
out["jpeg"] = []
for options, picture, channels in (("", colours, 3), ("-progressive", colours, 3), ("-quality 85", gray, 1)):
    file = run(f"cjpeg {options}", picture)
    out["jpeg"].append({"file": base64.b64encode(file).decode(), "channels": channels, "pixels": list(run("djpeg", file)[-16 * 12 * channels:])})

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json"), "w") as f:
    json.dump(out, f)
