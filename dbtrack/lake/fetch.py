"""Copy months of a lake into a directory, which becomes a lake: each month wholly or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from dbtrack import files
from dbtrack.errors import DbtrackError
from dbtrack.lake.manifest import LakeFile, LakeManifest, read_manifest
from dbtrack.lake.read import Lake, fault_of
from dbtrack.lake.writing import locked_source, remove_others, source_folder
from dbtrack.storage.place import Directory

# Of one source at a time, so that the next run finds what a killed one left.
_STAGING = ".fetched"


@dataclass
class Copied:
    """What was copied.

    Args:
        copied: how many files.
        present: how many files were there already.
        kept: months of the target that were not replaced, with the reason.
    """

    copied: int = 0
    present: int = 0
    kept: list[str] = field(default_factory=list)


def fetch_lake(lake: Lake, manifests: Sequence[LakeManifest], target: Path) -> Copied:
    """Copy verified files into a directory.

    All files of a month are written before the first one gets its name, so a full disk leaves none that no
    manifest names. A month of which the directory has more rows, or those of another database, stays as it
    is.

    Raises:
        AlteredError: a file is missing or was altered; its month was not copied.
        LockedError: another fetch or an export writes the source there.
        DbtrackError: a file cannot be written; the months before are complete.
    """
    done = Copied()
    with files.naming(target):
        target.mkdir(parents=True, exist_ok=True)
    for manifest in manifests:
        with locked_source(target, manifest.source):
            _fetch_month(lake, manifest, target, done)
    return done


def _fetch_month(lake: Lake, manifest: LakeManifest, target: Path, done: Copied) -> None:
    there = Directory(target)
    reason = _reason_to_keep(there, target, manifest)
    if reason is not None:
        done.kept.append(f"{manifest.source}: {manifest.month} {reason}")
        return
    missing = [file for file in manifest.files if fault_of(file, there.fetch(file.path, target))]
    done.present += len(manifest.files) - len(missing)
    with files.naming(target), _staging(target, manifest.source) as folder:
        staged = [
            _staged(path, folder / str(number), target / file.path)
            for number, (file, path) in enumerate(
                zip(missing, lake.fetch_verified(missing, folder), strict=True)
            )
        ]
        written = manifest.write(folder, name="manifest")
        _publish(staged, missing, target)
        written.replace(target / manifest.name)
        files.sync_directory((target / manifest.name).parent)
        listed = {target / file.path for file in manifest.files}
        remove_others(target, manifest.table, manifest.source, manifest.month, listed)
    done.copied += len(missing)


@contextmanager
def _staging(target: Path, source: str) -> Iterator[Path]:
    folder = source_folder(target, source) / _STAGING
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _staged(path: Path, staged: Path, target: Path) -> Path:
    """Take a downloaded file as it is, and copy one of another directory."""
    if path.is_relative_to(staged.parent.resolve()):
        files.sync(path)
        return path
    with files.replacing(staged, mode=files.mode_for(target)) as stream, path.open("rb") as source:
        shutil.copyfileobj(source, stream)
    return staged


def _publish(staged: Sequence[Path], missing: Sequence[LakeFile], target: Path) -> None:
    paths = [target / file.path for file in missing]
    folders = {path.parent for path in paths}
    # A directory takes space; a name in it hardly does.
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for source, path in zip(staged, paths, strict=True):
        source.replace(path)
    for folder in folders:
        files.sync_directory(folder)


def _reason_to_keep(there: Directory, target: Path, manifest: LakeManifest) -> str | None:
    if not (target / manifest.name).exists():
        return None
    with suppress(DbtrackError):  # a damaged manifest is replaced
        present = read_manifest(there, manifest.name)
        if manifest.rows < present.rows:
            return f"has {present.rows:,} rows there and {manifest.rows:,} in this lake"
        if manifest.database != present.database:
            return f"was exported from {present.database} there, and from {manifest.database} in this lake"
    return None
