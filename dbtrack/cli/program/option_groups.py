"""Options that several commands share, as one parameter of each command's function.

A command's function takes ``connection: ConnectionArguments``, a dataclass whose fields are annotated as
typer options; ``expand`` gives typer a function whose signature has the fields in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Bundle = type[DataclassInstance]


def expand(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with each dataclass parameter replaced by the dataclass's fields."""
    hints = get_type_hints(function, include_extras=True)
    bundles = {name: hint for name, hint in hints.items() if isinstance(hint, type) and is_dataclass(hint)}

    def call(**values: object) -> object:
        return function(**_gather(values, bundles))

    declared = signature(function).parameters.values()
    parameters = [part for parameter in declared for part in _parts(parameter, hints, bundles)]
    call.__doc__ = function.__doc__
    call.__name__ = function.__name__
    call.__annotations__ = {part.name: part.annotation for part in parameters}
    call.__dict__["__signature__"] = Signature(parameters)
    return call


def _parts(parameter: Parameter, hints: Mapping[str, Any], bundles: Mapping[str, Bundle]) -> list[Parameter]:
    if parameter.name not in bundles:
        return [parameter.replace(annotation=hints[parameter.name], kind=Parameter.KEYWORD_ONLY)]
    bundle = bundles[parameter.name]
    hints = get_type_hints(bundle, include_extras=True)
    return [
        Parameter(field.name, Parameter.KEYWORD_ONLY, default=_default(field), annotation=hints[field.name])
        for field in fields(bundle)
    ]


def _default(field: Field[Any]) -> Any:
    return Parameter.empty if field.default is MISSING else field.default


def _gather(values: Mapping[str, object], bundles: Mapping[str, Bundle]) -> dict[str, object]:
    arguments = dict(values)
    for name, bundle in bundles.items():
        members = {field.name: arguments.pop(field.name) for field in fields(bundle)}
        arguments[name] = bundle(**members)
    return arguments
