"""ResNet-20 with published CIFAR-10 weights, fine-tuned to 400 MNIST images brought to 3 x 32 x 32, beside the same network from scratch: equal epochs, the
same grid of learning rates and seeds, each side's rate chosen by its validation part.

python3 transfer.py HPO SHARED [EPOCHS…]      1, 3 and 6 unless given; SHARED holds resnet20_cifar10.safetensors and MNIST's files
"""
import json, os, shutil, statistics, subprocess, sys, tempfile, time, urllib.request
import numpy as np
from tasks import idx

hpo, shared = sys.argv[1:3]
ALL_EPOCHS = [int(e) for e in sys.argv[3:]] or [1, 3, 6]
data = tempfile.mkdtemp(prefix="hpo-transfer-")
os.makedirs(f"{data}/weights")
shutil.copy(f"{shared}/resnet20_cifar10.safetensors", f"{data}/weights")
x, y = idx(f"{shared}/train-images-idx3-ubyte.gz"), idx(f"{shared}/train-labels-idx1-ubyte.gz")
xt, yt = idx(f"{shared}/t10k-images-idx3-ubyte.gz"), idx(f"{shared}/t10k-labels-idx1-ubyte.gz")
np.savez_compressed(f"{data}/few.npz", x_train=x[:500], y_train=y[:500], x_test=xt[:1000], y_test=yt[:1000])
subprocess.run([hpo, "dataset", "add", "few", f"{data}/few.npz", "--data", data], check=True)
service = subprocess.Popen([hpo, "serve", "--urls", "http://127.0.0.1:0", "--data", data, "--slots", "1"], stdout=subprocess.PIPE, text=True)
url = service.stdout.readline().split()[-1] + "/api/v1"


def call(path, body=None):
    request = urllib.request.Request(f"{url}/{path}", None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


sides = {"from scratch": {}, "fine-tuned": {"initialWeights": "resnet20_cifar10.safetensors"}}
try:
    for epochs in ALL_EPOCHS:
        for side, settings in sides.items():
            name = f"{side.replace(' ', '-')}-{epochs}"
            call("studies", {
                "name": name, "objectives": [{"metric": "accuracy", "direction": "maximize"}], "sampler": {"kind": "grid"},
                "parameters": [{"name": "learningRate", "type": "ordinal", "values": [0.003, 0.01, 0.03, 0.1]}], "budget": {"maxParallelTrials": 1},
                "runner": {"kind": "training", "model": "resnet", "dataset": "few", "settings": {
                    "epochs": epochs, "optimizer": "nesterov", "momentum": 0.9, "batchSize": 32, "repeats": 2, "imageSize": 32, "imageChannels": 3, **settings}}})
            while call(f"studies/{name}")["state"] == "active":
                time.sleep(1)
            trials = call(f"studies/{name}/trials")["items"]
            best = max((t for t in trials if t["state"] == "completed"), key=lambda t: t["values"]["accuracy"])
            print(f"| {epochs} | {side} | {best['parameters']['learningRate']} | {best['values']['accuracy']:.3f} | {best['values']['testAccuracy']:.3f} ± {best['values']['testAccuracyStd']:.3f} |", flush=True)
finally:
    service.terminate()
    service.wait()
    shutil.rmtree(data)
