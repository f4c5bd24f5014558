from __future__ import annotations

from moviverse.core import errors


class ImportNotFound(errors.NotFound):
    """This person has no such import."""

    message = "You have no import with this id."


class RowNotFound(errors.NotFound):
    """The import has no such row."""

    message = "This import has no row with this id."


class ImportUnderWay(errors.Conflict):
    """Something else has to end first."""

    message = "This import is not finished yet. Try again when it is."


class TooManyImports(errors.Conflict):
    """A person waits for as many imports as may wait."""

    message = "Several imports of yours are not finished yet. Try again when one is."


class NothingToUndo(errors.Conflict):
    """The import changed nothing, or not any more."""


class NotADryRun(errors.Conflict):
    """Only what was tried can be applied."""

    message = "This import was no dry run, or was applied already."


class NothingToMatch(errors.Conflict):
    """The row names no film, or was taken back."""


class FileGone(errors.Invalid):
    """The upload is no longer there to be read."""

    message = "The uploaded file is no longer there. Upload it again."
