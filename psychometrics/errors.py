"""What can be wrong with the numbers given, as exceptions with a stable code.

The shape is the one the engine's own errors have (``code``, ``field``, ``params``), so that its
edge can put both into words; nothing is imported from there.
"""

from __future__ import annotations

from typing import ClassVar


class PsychometricsError(ValueError):
    """Base of the package's errors; ``field`` names the input at fault, ``params`` the details."""

    code: ClassVar[str] = "psychometrics.invalid"

    def __init__(self, *, field: str | None = None, **params: object) -> None:
        self.field = field
        self.params = params
        details = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(" ".join(part for part in (self.code, field, details) if part))


class ItemParameterError(PsychometricsError):
    """One parameter of one item cannot be used.

    ``reason`` is one of ``missing``, ``unknown``, ``not_a_number``, ``not_finite``,
    ``out_of_range``, ``not_increasing``, ``duplicate``, ``unknown_model``, ``empty``.
    """

    code = "psychometrics.item_parameter"

    def __init__(self, item: str, field: str, reason: str, value: object = None) -> None:
        self.item = item
        self.reason = reason
        self.value = value
        super().__init__(field=field, item=item, reason=reason, value=value)


class ResponseError(PsychometricsError):
    """A response matrix does not fit the items: its shape, its type, or a category it holds."""

    code = "psychometrics.response"


class RuleError(PsychometricsError):
    """A setting (population, bounds, reporting scale, raw points) contradicts itself."""

    code = "psychometrics.rule"


class DataError(PsychometricsError):
    """Data that fit their types but cannot bear the statistic asked for: too few, or all alike."""

    code = "psychometrics.data"


class ConvergenceError(PsychometricsError):
    """An iteration ended without reaching what it was after; ``params`` say how far it came."""

    code = "psychometrics.convergence"


class InfeasibleError(PsychometricsError):
    """No solution meets all constraints; ``params`` name those that clash."""

    code = "psychometrics.infeasible"


class ItemFileError(PsychometricsError):
    """A file of item parameters cannot be read; ``file`` and ``place`` (line or record) say where."""

    code = "psychometrics.item_file"

    def __init__(
        self, file: str, place: str = "", field: str | None = None, reason: str = "", **params: object
    ) -> None:
        self.file = file
        self.place = place
        self.reason = reason
        super().__init__(field=field, file=file, place=place, reason=reason, **params)
