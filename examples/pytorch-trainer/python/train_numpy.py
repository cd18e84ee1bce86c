"""What train.py does, for machines without PyTorch: the same model, tensor for tensor, in NumPy alone."""

import sys

import numpy

from fedops_task import Task

BATCH_SIZE = 32
LEARNING_RATE = 0.05


def load(folder, part):
    images = numpy.load(f"{folder}/{part}_images.npy").reshape(-1, 784)
    labels = numpy.load(f"{folder}/{part}_labels.npy")
    return images.astype(numpy.float32) / 255, labels


def forward(model, images):
    hidden = numpy.maximum(images @ model["hidden.weight"].T + model["hidden.bias"], 0)
    logits = hidden @ model["out.weight"].T + model["out.bias"]
    exponentials = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return hidden, exponentials / exponentials.sum(axis=1, keepdims=True)


def cross_entropy(probabilities, labels):
    return -numpy.log(probabilities[numpy.arange(len(labels)), labels] + 1e-12).mean()


def gradients(model, images, labels):
    hidden, probabilities = forward(model, images)
    of_logits = probabilities
    of_logits[numpy.arange(len(labels)), labels] -= 1
    of_logits /= len(labels)
    of_hidden = (of_logits @ model["out.weight"]) * (hidden > 0)
    return {
        "hidden.weight": of_hidden.T @ images,
        "hidden.bias": of_hidden.sum(axis=0),
        "out.weight": of_logits.T @ hidden,
        "out.bias": of_logits.sum(axis=0),
    }


def train(model, images, labels, task):
    random = numpy.random.default_rng(task.seed)
    epochs = task.config["localEpochs"]
    for epoch in range(epochs):
        order = random.permutation(len(labels))
        for begin in range(0, len(order), BATCH_SIZE):
            batch = order[begin : begin + BATCH_SIZE]
            for name, gradient in gradients(model, images[batch], labels[batch]).items():
                model[name] -= LEARNING_RATE * gradient
        task.progress((epoch + 1) / epochs)


folder = sys.argv[1]
task = Task()
model = {name: array.copy() for name, array in task.parameters().items()}
if task.kind == "fit":
    images, labels = load(folder, "train")
    train(model, images, labels, task)
    task.fitted(model, num_examples=len(labels))
else:
    images, labels = load(folder, "test")
    _, probabilities = forward(model, images)
    accuracy = (probabilities.argmax(axis=1) == labels).mean()
    loss = cross_entropy(probabilities, labels)
    task.evaluated(loss, num_examples=len(labels), accuracy=accuracy)
