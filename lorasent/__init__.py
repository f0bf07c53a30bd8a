"""Fine-tune a text classifier with LoRA on a laptop, and know how good it is.

What a user needs is importable from here, and loaded when it is asked for: `import lorasent` takes no time.
"""

import importlib
import logging
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what type checkers and editors see of the table below
    from lorasent.config import load_config as load_config
    from lorasent.data.hygiene import audit as audit
    from lorasent.data.loading import load_data as load_data
    from lorasent.measure.metrics import score as score
    from lorasent.model.head import build_classifier as build_classifier
    from lorasent.model.encoder import load_encoder as load_encoder
    from lorasent.inference.classifier import SentimentClassifier as SentimentClassifier
    from lorasent.model.methods import apply_method as apply_method
    from lorasent.model.methods import save_network as save_network
    from lorasent.inference.prediction import predict_file as predict_file
    from lorasent.training.fitting import fit as fit
    from lorasent.registry import Method as Method
    from lorasent.registry import register as register
    from lorasent.runs.execution import train as train

__version__ = "0.2.0"

# What libraries say to each other, and a user can do nothing about.
warnings.filterwarnings("ignore", message="IProgress not found")  # tqdm's, in Jupyter: we have bars of our own
warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated")  # Transformers' to PEFT
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # which faster code there would be elsewhere

_PUBLIC = {
    "load_config": "config",
    "load_data": "data.loading",
    "audit": "data.hygiene",
    "score": "measure.metrics",
    "load_encoder": "model.encoder",
    "build_classifier": "model.head",
    "apply_method": "model.methods",
    "save_network": "model.methods",
    "fit": "training.fitting",
    "SentimentClassifier": "inference.classifier",
    "predict_file": "inference.prediction",
    "Method": "registry",
    "register": "registry",
    "train": "runs.execution",
}
__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    "Load a public name's module when the name is first used."
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
