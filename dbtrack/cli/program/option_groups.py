"""Let a command's function take a group of options as one parameter.

The function takes ``connection: ConnectionArguments``, a dataclass whose fields are annotated as typer
options; ``expand`` returns a function for typer that has the fields as parameters instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    OptionGroup = type[DataclassInstance]


def expand(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with the fields of each dataclass parameter as parameters of their own."""
    hints = get_type_hints(function, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and is_dataclass(hint)}

    def call(**values: object) -> object:
        return function(**_gather(values, groups))

    declared = signature(function).parameters.values()
    parameters = [part for parameter in declared for part in _parts(parameter, hints, groups)]
    call.__doc__ = function.__doc__
    call.__name__ = function.__name__
    call.__annotations__ = {part.name: part.annotation for part in parameters}
    call.__dict__["__signature__"] = Signature(parameters)
    return call


def _parts(
    parameter: Parameter, hints: Mapping[str, Any], groups: Mapping[str, OptionGroup]
) -> list[Parameter]:
    if parameter.name not in groups:
        return [parameter.replace(annotation=hints[parameter.name], kind=Parameter.KEYWORD_ONLY)]
    group = groups[parameter.name]
    hints = get_type_hints(group, include_extras=True)
    return [
        Parameter(field.name, Parameter.KEYWORD_ONLY, default=_default(field), annotation=hints[field.name])
        for field in fields(group)
    ]


def _default(field: Field[Any]) -> Any:
    return Parameter.empty if field.default is MISSING else field.default


def _gather(values: Mapping[str, object], groups: Mapping[str, OptionGroup]) -> dict[str, object]:
    arguments = dict(values)
    for name, group in groups.items():
        members = {field.name: arguments.pop(field.name) for field in fields(group)}
        arguments[name] = group(**members)
    return arguments
