"""Trains a classifier of digits and says how good it is."""

import sys

import numpy
import torch
from torch import nn

EPOCHS = 2
BATCH_SIZE = 32
LEARNING_RATE = 0.05


class DigitNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 64)
        self.out = nn.Linear(64, 10)

    def forward(self, images):
        return self.out(torch.relu(self.hidden(images)))


def load(folder, part):
    images = numpy.load(f"{folder}/{part}_images.npy").reshape(-1, 784)
    labels = numpy.load(f"{folder}/{part}_labels.npy")
    return torch.tensor(images) / 255, torch.tensor(labels).long()


def train(model, images, labels):
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    for epoch in range(EPOCHS):
        for batch in torch.randperm(len(images)).split(BATCH_SIZE):
            loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}")


@torch.no_grad()
def test(model, images, labels):
    logits = model(images)
    loss = nn.functional.cross_entropy(logits, labels)
    accuracy = (logits.argmax(dim=1) == labels).float().mean()
    return loss.item(), accuracy.item()


folder = sys.argv[1]
train_images, train_labels = load(folder, "train")
test_images, test_labels = load(folder, "test")

torch.manual_seed(1)
model = DigitNet()
train(model, train_images, train_labels)
loss, accuracy = test(model, test_images, test_labels)
print(f"loss {loss:.4f}, accuracy {accuracy:.4f}")
torch.save(model.state_dict(), "digits.pt")
