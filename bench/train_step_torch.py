"""The peer of train-step.ts: the same training step in PyTorch. Reads lines from standard input; answers each with the seconds of one step, on the clock and of the processor."""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

batch, height, width, classes, threads = (int(value) for value in sys.argv[1:6])
torch.set_num_threads(threads)
torch.manual_seed(0)


def conv_norm(inputs, outputs, kernel=1, stride=1, dilation=1):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, dilation * (kernel - 1) // 2, dilation, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, dilation):
        super().__init__()
        self.first = conv_norm(inputs, outputs, 3, stride, dilation)
        self.second = conv_norm(outputs, outputs, 3, 1, dilation)
        self.shortcut = conv_norm(inputs, outputs, 1, stride) if stride > 1 or inputs != outputs else nn.Identity()

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


class PspNet(nn.Module):
    """PSPNet-ResNet-18, output stride 8."""

    def __init__(self):
        super().__init__()
        self.stem = conv_norm(3, 64, 7, 2)
        stages = [(64, 64, 1, 1), (64, 128, 2, 1), (128, 256, 1, 2), (256, 512, 1, 4)]
        self.stages = nn.Sequential(*[
            block
            for inputs, outputs, stride, dilation in stages
            for block in (BasicBlock(inputs, outputs, stride, dilation), BasicBlock(outputs, outputs, 1, dilation))
        ])
        self.pyramid = nn.ModuleList([conv_norm(512, 128) for _ in (1, 2, 3, 6)])
        self.head = conv_norm(1024, 512, 3)
        self.scores = nn.Conv2d(512, classes, 1)

    def forward(self, image):
        x = F.max_pool2d(F.relu(self.stem(image)), 3, 2, 1)
        x = self.stages(x)
        size = x.shape[2:]
        cells = [F.relu(reduce(F.adaptive_avg_pool2d(x, bins))) for bins, reduce in zip((1, 2, 3, 6), self.pyramid)]
        large = [F.interpolate(cell, size, mode="bilinear", align_corners=False) for cell in cells]
        x = F.relu(self.head(torch.cat([x, *large], 1)))
        return F.interpolate(self.scores(x), image.shape[2:], mode="bilinear", align_corners=False)


network = PspNet().train()
optimizer = torch.optim.Adam(network.parameters(), 1e-4)
image = torch.rand(batch, 3, height, width) * 4 - 2
labels = torch.randint(0, classes, (batch, height, width))
weights = torch.ones(batch, height, width)
print(torch.__version__, sum(p.numel() for p in network.parameters()), flush=True)

for _ in sys.stdin:
    start, busy = time.perf_counter(), time.process_time()
    optimizer.zero_grad(set_to_none=True)
    loss = (F.cross_entropy(network(image), labels, reduction="none") * weights).sum() / weights.sum()
    loss.backward()
    optimizer.step()
    float(loss)
    print(time.perf_counter() - start, time.process_time() - busy, flush=True)
