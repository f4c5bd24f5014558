"""A model card: what a version learnt from, how good it is and what it cannot do, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CARD = "card.md"


def card(name: str, manifest: Mapping[str, object]) -> str:
    """Write a version's manifest as Markdown (Mitchell et al., "Model Cards", FAT* 2019).

    Args:
        name: the model.
        manifest: its `created_at`, `data`, `seed`, `training_seconds`, `config`, `metrics`,
            `limits` and `libraries` are told, each where it is there.
    """
    training = {
        "trained at": manifest.get("created_at"),
        "seconds": manifest.get("training_seconds"),
        "seed": manifest.get("seed"),
    }
    parts = [
        f"# {_plain(name)}",
        _section("Data", manifest.get("data"), "Nothing was recorded of the data."),
        _section("Training", training, "Nothing was recorded of the training."),
        _section("Settings", manifest.get("config"), "It has no settings."),
        _section("Figures", manifest.get("metrics"), "It was not measured on people held out."),
        f"## Limits\n\n{manifest.get('limits') or 'None were recorded.'}",
        _section("Libraries", manifest.get("libraries"), "They were not recorded."),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, content: object, otherwise: str) -> str:
    rows = [f"| {_plain(key)} | {_plain(value)} |" for key, value in _flat(content)]
    body = "\n".join(["| | |", "|---|---|", *rows]) if rows else otherwise
    return f"## {title}\n\n{body}"


def _flat(content: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Give `{"ease": {"l2": 700}}` as `ease.l2`, 700, sorted; what is None is left out."""
    if isinstance(content, dict):
        for key, value in sorted(content.items()):
            yield from _flat(value, f"{prefix}.{key}" if prefix else str(key))
    elif content is not None:
        yield prefix, content


def _plain(value: object) -> str:
    """Keep a value in its cell: names of data come from outside."""
    text = f"{value:,}" if type(value) is int and value > 9999 else str(value)  # noqa: PLR2004
    text = " ".join(text.split())
    return "".join(f"\\{mark}" if mark in "\\|<>`*[]" else mark for mark in text)
