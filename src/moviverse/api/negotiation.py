"""JSON for everybody, whatever they say they accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.negotiation import DefaultContentNegotiation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request


class FirstRenderer(DefaultContentNegotiation):
    """Answers with the view's first renderer: an API of one format never says 406."""

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 - the signature is DRF's
        renderers: Sequence[BaseRenderer],  # type: ignore[override]  # DRF's stubs say Iterable
        format_suffix: str | None = None,  # noqa: ARG002 - the signature is DRF's
    ) -> tuple[BaseRenderer, str]:
        """Return the first renderer."""
        return renderers[0], str(renderers[0].media_type)
