from __future__ import annotations

from dataclasses import dataclass, fields
from inspect import signature

from dbtrack.cli.options.connection_options import MonitoringArguments, OutputArguments
from dbtrack.cli.options.report_options import option_of
from dbtrack.cli.program.option_groups import expand
from dbtrack.reports.model import Parameter, ParameterKind


@dataclass(frozen=True)
class Place:
    host: str
    port: int = 5432


def test_a_bundle_becomes_its_fields_and_comes_back_as_one() -> None:
    def connect(place: Place, verbose: bool = False) -> tuple[Place, bool]:
        """Connect."""
        return place, verbose

    expanded = expand(connect)
    assert str(signature(expanded)) == "(*, host: str, port: int = 5432, verbose: bool = False)"
    assert expanded.__doc__ == "Connect."
    assert expanded(host="db", port=1, verbose=True) == (Place("db", 1), True)


def test_every_kind_of_parameter_has_an_option() -> None:
    assert {option_of(Parameter("some_thing", kind)).name for kind in ParameterKind} == {"some_thing"}


def test_a_required_parameter_has_no_default() -> None:
    argument = option_of(Parameter("key", ParameterKind.KEY, required=True))
    assert argument.default is argument.empty


def test_the_output_options_of_a_check_are_those_of_a_report() -> None:
    assert [field.name for field in fields(MonitoringArguments)] == [
        field.name for field in fields(OutputArguments)
    ]
