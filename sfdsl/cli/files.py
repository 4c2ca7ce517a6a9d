"""Which files a call means, and how files are read and written: whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sfdsl import diagnostics
from sfdsl.cli.app import Refused

if TYPE_CHECKING:
    from sfdsl.settings import Settings


def pipeline_files(paths: Sequence[Path], settings: Settings, required: bool = True) -> list[Path]:
    """The pipeline files that are meant: those named, or those of the settings."""
    given = paths or [settings.root / path for path in settings.pipelines]
    if not paths and not any(path.exists() for path in given):
        names = ", ".join(str(path.relative_to(settings.root)) for path in given)
        raise click.UsageError(
            f"there is no {names} in {settings.root}: name a PATH, write a pipeline with `sfdsl new NAME`, "
            "or set `pipelines` under [tool.sfdsl] in pyproject.toml"
        )
    files = [path for path in expand(given, (".py",)) if path.suffix == ".py"]
    if required and not files:
        raise click.UsageError(f"no pipeline file in {', '.join(map(str, given))}")
    return files


def expand(paths: Iterable[Path], suffixes: tuple[str, ...]) -> list[Path]:
    """Files as named, and folders as the files in them; names that begin with `_` or `.` are left out of folders."""
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found = sorted(file for suffix in suffixes for file in path.rglob(f"*{suffix}"))
            inside = (file.relative_to(path).parts for file in found)
            files.update(
                (file, None)
                for file, parts in zip(found, inside, strict=True)
                if not any(part.startswith(("_", ".")) for part in parts)
            )
        elif path.is_file():
            files[path] = None
        else:
            near = (
                diagnostics.did_you_mean(path.name, [p.name for p in path.parent.glob("*")])
                if path.parent.is_dir()
                else ""
            )
            raise click.UsageError(f"there is no {path}" + (f"; {near}" if near else ""))
    return list(files)


def read(path: Path) -> str | None:
    """The text of a file; None where there is none, or no text."""
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def read_json(path: Path) -> Any:
    """The value in a JSON file.

    Raises:
        Refused: It is no JSON, or nested too deeply.
    """
    from sfdsl.simulate.values import parsed, text

    try:
        value = parsed(path.read_bytes().decode("utf-8-sig"))
        text(value).encode()
    except RecursionError as deep:
        raise Refused(f"{path} is nested too deeply") from deep
    except UnicodeEncodeError as half:
        raise Refused(f"{path} is not JSON: half of a surrogate pair stands alone") from half
    except ValueError as broken:
        raise Refused(f"{path} is not JSON: {broken}") from broken
    return value


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all: an interrupted run leaves the old one."""
    import os
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)  # noqa: PTH101 - mkstemp makes files that only the user can read
        os.replace(temporary, path)  # noqa: PTH105 - the same as above, by the same name
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def remove_if_empty(folder: Path) -> None:
    """Remove a folder that has nothing in it any more."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def abandoned(target: Path, texts: dict[str, str]) -> list[str]:
    """Files below the output folder that look like ours and that no pipeline writes any more."""
    from sfdsl.compile import FILES

    if not target.is_dir():
        return []
    found = []
    for folder in sorted(path for path in target.iterdir() if path.is_dir()):
        name = folder.name
        if not (folder / f"{name}.asl.json").is_file():
            continue  # not a folder of ours
        ours = (f"{name}/{pattern.format(name=name)}" for pattern in FILES)
        found += [path for path in ours if path not in texts and (target / path).is_file()]
    return found
