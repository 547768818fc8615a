"""What docs/encoders.md tells people to write and to type works."""

import json
import re
from pathlib import Path

from classifier.encoders.manifest import Manifest, read_manifest

GUIDE = (Path(__file__).parents[3] / "docs" / "encoders.md").read_text(encoding="utf-8")


def read_block(language: str) -> str:
    (block,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return block


def test_encoder_of_the_guide_keeps_the_protocol() -> None:
    names = dict[str, object]()
    exec(read_block("python"), names)
    assert "LetterEncoder" in names


def test_manifest_of_the_guide_says_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "encoder.json"
    path.write_text(read_block("json"), encoding="utf-8")
    assert read_manifest(path) == Manifest(name="indobert")
    assert set(json.loads(read_block("json"))) == set(Manifest.__dataclass_fields__)
