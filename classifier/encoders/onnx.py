"""An encoder exported to ONNX, for example IndoBERT, run by onnxruntime on the CPU.

onnxruntime and tokenizers come with the extra `encoder` and are imported when a folder is opened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest, sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from classifier.encoders.manifest import Manifest, Pooling, read_manifest
from classifier.errors import EncoderError

MODEL, TOKENIZER, MANIFEST = "model.onnx", "tokenizer.json", "encoder.json"
INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
FLOATS = ("tensor(float)", "tensor(float16)", "tensor(double)")
CHARACTERS_A_TOKEN = 20
"""Text beyond `max_tokens` words of this length is cut before tokens are made of it: a hostile one must not hold a process."""
PROBE = "Camat mengajak warga memilih calon bupati."
SILENT = 4  # onnxruntime's lowest voice: what goes wrong is raised, and said once, by us.


class OnnxEncoder:
    """Reads texts with model.onnx, tokenizer.json and, where its defaults do not fit, encoder.json of a folder.

    One text a run: nothing is padded, so no text moves another's vector, also not in models of 8-bit numbers. On a CPU
    a BERT reads batches hardly faster.
    """

    def __init__(self, folder: Path, *, threads: int = 0):
        _refuse_missing(folder)
        runtime, tokenizers = _import_extra("onnxruntime"), _import_extra("tokenizers")
        self._folder = folder
        self.manifest = read_manifest(folder / MANIFEST)
        self._session = _open_session(runtime, folder / MODEL, threads)
        self._types = _match_inputs(self._session, self.manifest, folder)
        _refuse_other_output(self._session, self.manifest, folder)
        self._tokenizer = _open_tokenizer(tokenizers, folder / TOKENIZER, self.manifest)
        self._name = f"{self.manifest.name}-{hash_folder(folder)[:12]}"
        self._dimensions = len(self._probe())

    @property
    def name(self) -> str:
        """The manifest's name and a hash of every file in the folder."""
        return self._name

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One vector a text; a text in which the tokenizer finds no token is a vector of zeros."""
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            if tokens := self._read_tokens(text):
                vectors[row] = self._run(tokens)
        return vectors

    def _probe(self) -> np.ndarray:
        tokens = self._read_tokens(PROBE)
        if not tokens:
            raise EncoderError(f"{self._folder / TOKENIZER}: finds no token in {PROBE!r}; it is not the model's tokenizer")
        return self._run(tokens)

    def _read_tokens(self, text: str) -> list[int]:
        with _said_of(self._folder / TOKENIZER):
            return self._tokenizer.encode(text[: self.manifest.max_tokens * CHARACTERS_A_TOKEN]).ids

    def _run(self, tokens: list[int]) -> np.ndarray:
        row = np.array([tokens])
        values = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        feed = {self.manifest.inputs[role]: values[role].astype(kind) for role, kind in self._types.items()}
        with _said_of(self._folder / MODEL):
            (states,) = self._session.run([self.manifest.output], feed)
        return self._pool(states, len(tokens))

    def _pool(self, states: Any, tokens: int) -> np.ndarray:
        is_pooled = self.manifest.pooling is Pooling.NONE
        shape: tuple[int, ...] = states.shape
        if len(shape) != (2 if is_pooled else 3) or shape[:-1] != ((1,) if is_pooled else (1, tokens)) or not shape[-1]:
            wanted = "1 x dimensions" if is_pooled else f"1 x {tokens} x dimensions"
            raise EncoderError(
                f"{self._folder / MODEL}: output {self.manifest.output} has shape {list(shape)}, not {wanted} as pooling "
                f"{self.manifest.pooling} reads it; say another output or pooling in {MANIFEST}"
            )
        rows = states.astype(np.float32).reshape(-1, shape[-1])
        vector = rows.mean(axis=0) if self.manifest.pooling is Pooling.MEAN else rows[0]
        if not np.isfinite(vector).all():
            raise EncoderError(f"{self._folder / MODEL}: gives numbers that are not finite; export it again, in float32")
        return vector


def hash_folder(folder: Path) -> str:
    """SHA-256 over every file of a folder: a model's weights may lie in files of any name beside it."""
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest.update(f"{path.relative_to(folder).as_posix()}\0{file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def _import_extra(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise EncoderError(
            f"an encoder needs {name}, which netra[encoder] brings. In the folder of the code: "
            ".venv/bin/python -m pip install -c constraints.txt -e '.[encoder]'"
        ) from error


@contextmanager
def _said_of(path: Path) -> Iterator[None]:
    """One line and the file's name for whatever onnxruntime and tokenizers raise: their errors share no base class."""
    try:
        yield
    except Exception as error:  # See above: there is no class to name.
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise EncoderError(f"{path}: {first}. Export the model and its tokenizer again") from error


def _refuse_missing(folder: Path) -> None:
    if missing := [name for name in (MODEL, TOKENIZER) if not (folder / name).is_file()]:
        raise EncoderError(f"{folder}: has no {' and no '.join(missing)}; docs/encoders.md shows how to export an encoder")


def _open_session(runtime: Any, path: Path, threads: int) -> Any:
    """Weights outside of the model's folder are refused by onnxruntime itself, since the version that we ask for."""
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = SILENT
    options.use_deterministic_compute = True
    with _said_of(path):
        return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _open_tokenizer(tokenizers: Any, path: Path, manifest: Manifest) -> Any:
    with _said_of(path):
        tokenizer = tokenizers.Tokenizer.from_file(str(path))
        tokenizer.no_padding()
        tokenizer.enable_truncation(manifest.max_tokens)
    return tokenizer


def _match_inputs(session: Any, manifest: Manifest, folder: Path) -> dict[str, Any]:
    """Our names of the inputs that the model has, each with its type."""
    found = {own.name: own for own in session.get_inputs()}
    roles = {own: role for role, own in manifest.inputs.items()}
    if unknown := sorted(set(found) - set(roles)):
        raise EncoderError(f"{folder / MODEL}: has an input {unknown[0]}; say in {MANIFEST} under `inputs` which of ours it is")
    if manifest.inputs["input_ids"] not in found:
        raise EncoderError(f"{folder / MODEL}: has no input {manifest.inputs['input_ids']}, only {', '.join(found)}")
    for own in found.values():
        _refuse_other_input(own, folder)
    return {roles[name]: INTEGERS[own.type] for name, own in found.items()}


def _refuse_other_input(own: Any, folder: Path) -> None:
    if own.type not in INTEGERS or len(own.shape) != 2:
        raise EncoderError(f"{folder / MODEL}: input {own.name} is {own.type} of shape {own.shape}, not whole numbers in rows")
    batch, length = own.shape
    if (isinstance(batch, int) and batch != 1) or isinstance(length, int):
        raise EncoderError(f"{folder / MODEL}: input {own.name} has the fixed shape {own.shape}; export it with dynamic axes")


def _refuse_other_output(session: Any, manifest: Manifest, folder: Path) -> None:
    found = {own.name: own.type for own in session.get_outputs()}
    if manifest.output not in found:
        raise EncoderError(f"{folder / MODEL}: has no output {manifest.output}; say one of {', '.join(found)} in {MANIFEST}")
    if found[manifest.output] not in FLOATS:
        raise EncoderError(f"{folder / MODEL}: output {manifest.output} is {found[manifest.output]}, not numbers")
