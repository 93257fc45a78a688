"""The published encoder in PyTorch, to be timed beside `cantus bench`: one line of JSON.

    python pytorch_peer.py step|forward|product Q|S|L [--times N] [--warming N]
        [--dropout P] [--bf16] [--compile]

The architecture, sizes and inputs are those of `cantus bench`: learned positions over condition,
melody and harmony, post-norm layers, norms at both ends, a tenth of the cells asked, AdamW.
"""

import argparse
import json
import resource
import time

import torch
from torch import nn
from torch.nn import functional

# width, heads, feed-forward, layers, cells, items
WORKLOADS = {
    "Q": (256, 8, 1024, 4, 64, 32),
    "S": (256, 8, 1024, 4, 256, 16),
    "L": (512, 8, 2048, 8, 256, 16),
}
TOKENS, FEATURES, CONDITION = 354, 112, 17
# The feed-forward layer of L.
PRODUCT = (8208, 512, 2048)


class Encoder(nn.Module):
    def __init__(self, workload: str, dropout: float):
        super().__init__()
        width, heads, inner, layers, self.cells, _ = WORKLOADS[workload]
        self.condition = nn.Linear(CONDITION, width)
        self.melody = nn.Linear(FEATURES, width)
        self.harmony = nn.Embedding(TOKENS, width)
        self.positions = nn.Parameter(0.02 * torch.randn(1 + 2 * self.cells, width))
        self.norm_in, self.norm_out = nn.LayerNorm(width), nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(
            width, heads, inner, dropout, activation="gelu", batch_first=True
        )
        self.layers = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.head = nn.Linear(width, TOKENS)

    def forward(self, condition, melody, harmony):
        parts = [self.condition(condition)[:, None], self.melody(melody), self.harmony(harmony)]
        x = self.dropout(self.norm_in(torch.cat(parts, 1) + self.positions))
        return self.head(self.norm_out(self.layers(x)[:, -self.cells :]))


def inputs(workload: str, items: int):
    cells = WORKLOADS[workload][4]
    generator = torch.Generator().manual_seed(1)
    uniform = lambda *shape: torch.rand(*shape, generator=generator)
    condition = uniform(items, CONDITION)
    melody = (uniform(items, cells, FEATURES) < 0.05).float()
    harmony = torch.randint(0, TOKENS, (items, cells), generator=generator)
    truth = torch.randint(0, TOKENS, (items, cells), generator=generator)
    truth[uniform(items, cells) > 0.1] = -100
    return (condition, melody, harmony), truth


def training_step(options):
    model = Encoder(options.workload, options.dropout)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    read, truth = inputs(options.workload, WORKLOADS[options.workload][5])
    forward = torch.compile(model) if options.compile else model

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bf16):
            logits = forward(*read)
        logits = logits.float().reshape(-1, TOKENS)
        loss = functional.cross_entropy(logits, truth.reshape(-1), ignore_index=-100)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def forward_pass(options):
    model = Encoder(options.workload, options.dropout).eval()
    read, _ = inputs(options.workload, 1)
    forward = torch.compile(model) if options.compile else model

    def once():
        with torch.inference_mode():
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bf16):
                return forward(*read)

    return once


def product(_):
    rows, inner, columns = PRODUCT
    left, right = torch.randn(rows, inner), torch.randn(inner, columns)
    return lambda: left @ right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["step", "forward", "product"])
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--warming", type=int, default=3)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    once = {"step": training_step, "forward": forward_pass, "product": product}[options.what](options)
    for _ in range(options.warming):
        once()
    times = []
    for _ in range(options.times):
        started = time.perf_counter()
        once()
        times.append(1e3 * (time.perf_counter() - started))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    result = {"median_milliseconds": sorted(times)[len(times) // 2], "peak_megabytes": peak}
    print(json.dumps(result | {"torch": torch.__version__}))


main()
