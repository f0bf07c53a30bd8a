"""Fine-tune a text classifier with LoRA on a laptop, and know how good it is.

What a user needs is importable from here, and loaded when it is asked for: `import lorasent` takes no time.
"""

import importlib

__version__ = "0.1.0"

_PUBLIC = {
    "load_config": "config",
    "load_data": "data.loading",
    "audit": "data.hygiene",
    "score": "measure.metrics",
    "load_encoder": "model.encoder",
    "build_classifier": "model.encoder",
    "apply_method": "model.methods",
    "save_network": "model.methods",
    "fit": "model.training",
    "SentimentClassifier": "model.inference",
    "predict_file": "model.prediction",
    "Method": "registry",
    "register": "registry",
    "train": "runs.execution",
}
__all__ = list(_PUBLIC)


def __getattr__(name: str):
    "Load a public name's module when the name is first used."
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
