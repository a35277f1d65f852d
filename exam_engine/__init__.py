"""The engine: delivers, logs, scores and proves an exam. It knows no package above it."""

__version__ = "0.1.0"
