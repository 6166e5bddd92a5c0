"""WriteToJsonl: a folder with one file a stream, one JSON object a line."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any, ClassVar, Self

import apache_beam as beam
from apache_beam.pvalue import AsIter, PCollection

from newsbeam.errors import OutputError
from newsbeam.messages import sort_key
from sinks.sink import FormatLines, Sink, SinkOptions, Streams

BLOCK = 65536  # bytes read at a time when looking for the end of the last whole line


class JsonlOptions(SinkOptions):
    """``folder`` is made where it is not there.

    ``overwrite`` lets a run replace an earlier one's files, ``append`` lets it add to them.
    """

    folder: str
    overwrite: bool = False
    append: bool = False


class WriteToJsonl(Sink):
    """Writes ``<stream>.jsonl`` for each stream.

    Bounded streams are written whole and sorted, into a file that appears under its name only when it
    is complete: two runs over the same input give the same bytes, and no reader ever sees half a line.
    Unbounded streams, and those of a pass of many, are appended to, whole lines in one write each.
    """

    Options: ClassVar[type[SinkOptions]] = JsonlOptions
    options: JsonlOptions
    _added: frozenset[str] = frozenset()

    def prepare(self, streams: tuple[str, ...]) -> None:
        """Make the folder; refuse one that is not ours to write or that holds an earlier run."""
        folder = Path(self.options.folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise OutputError(
                f"cannot be written to: {error.strerror}", where=str(folder), hint="choose another folder"
            ) from error
        taken = [path.name for path in (_path(folder, stream) for stream in streams) if path.exists()]
        if taken and not (self.options.overwrite or self.options.append):
            raise OutputError(
                f"holds an earlier run: {', '.join(taken)}",
                where=str(folder),
                hint="choose another folder, or allow it with --overwrite",
            )

    def in_passes(self) -> Self:
        """Append, unless the configuration says that each pass replaces the files of the last."""
        if self.options.overwrite:
            return self
        return type(self)(self.options.model_copy(update={"append": True}))

    def adding_to(self, written: frozenset[str]) -> Self:
        """Append to the files of ``written``: what this pass delivered again must not be replaced by it."""
        adding = type(self)(self.options)
        adding._added = written
        return adding

    def expand(self, streams: Streams) -> None:
        """Write each stream."""
        for stream, records in streams.items():
            write = _append_whole if self.options.append or stream in self._added else _write_whole
            lines = records | f"Format{stream.title()}" >> FormatLines(stream)
            path = str(_path(Path(self.options.folder), stream))
            if records.is_bounded:
                _ = (
                    lines.pipeline
                    | f"File{stream.title()}" >> beam.Create([path], reshuffle=False)
                    | f"Write{stream.title()}" >> beam.Map(write, stream, AsIter(lines))
                )
            else:
                _append(lines, path, stream)


def _path(folder: Path, stream: str) -> Path:
    return folder / f"{stream}.jsonl"


def _write_whole(path: str, stream: str, lines: Iterable[tuple[str, str]]) -> None:
    """Write ``lines`` sorted beside ``path``, then move the file there in one step."""
    import json  # noqa: PLC0415 - only here

    ordered = sorted((sort_key(stream, json.loads(line)), line) for _, line in lines)
    target = Path(path)
    with _naming(path):
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream_out:
                stream_out.writelines(line for _, line in ordered)
                stream_out.flush()
                os.fsync(stream_out.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _append_whole(path: str, stream: str, lines: Iterable[tuple[str, str]]) -> None:
    """Add ``lines``, sorted, to what is at ``path``; what a crash left of a line there is cut off first."""
    import json  # noqa: PLC0415 - only here

    ordered = sorted((sort_key(stream, json.loads(line)), line) for _, line in lines)
    if not ordered:
        return
    with _naming(path), Path(path).open("ab+", buffering=0) as out:
        end = _whole_lines(out)
        out.truncate(end)
        try:
            _write_all(out, "".join(line for _, line in ordered).encode("utf-8"))
            os.fsync(out.fileno())
        except OSError:
            out.truncate(end)  # a disk that is full takes a part: no reader shall see half a line
            raise


def _write_all(out: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[out.write(rest) :]


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Have an error of the disk say which file it is about: there may be several disks."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error


def _whole_lines(stream: FileIO) -> int:
    """Return the length in bytes of what ends with a newline."""
    end = stream.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - BLOCK)
        stream.seek(start)
        at = stream.read(end - start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0


def _append(lines: PCollection[tuple[str, str]], path: str, stream: str) -> None:
    _ = lines | f"Append{stream.title()}" >> beam.ParDo(_AppendFn(path))


class _AppendFn(beam.DoFn):
    def __init__(self, path: str) -> None:
        self._path = path

    def start_bundle(self) -> None:
        self._lines: list[str] = []

    def process(self, line: tuple[str, str]) -> None:
        self._lines.append(line[1])

    def finish_bundle(self) -> Any:
        if self._lines:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                os.write(handle, "".join(self._lines).encode("utf-8"))
            finally:
                os.close(handle)
