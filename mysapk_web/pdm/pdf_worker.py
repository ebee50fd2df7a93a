"""Inspects PDF files, each in a process of its own: `python -I pdf_worker.py`, driven by `pdm.pdf_inspection`.

A line of JSON on standard input asks about one file, a line on standard output answers. The program itself opens no
file: it forks for each, with the library already loaded (a twentieth of the time of a fresh start). The fork limits its
memory and time, inspects that one file and exits; if anything kills it, the file is rejected. It has no settings,
database or environment, and exits when its input closes, so it never outlives the portal.

Every object in the file is visited. Whatever acts by itself, embeds files or fetches external content rejects the file;
links to web sites are made dead. The stored copy is written anew from the objects in use, without metadata, so nothing
between, before or behind them survives. A signed file is kept byte for byte, because a copy would break the signature;
it must be free of defects and of links that are not plain web addresses (decision 0010).
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

MAX_PAGES: Final = 100
MAX_OBJECTS: Final = 20_000
MAX_NODES: Final = 600_000
"""Values visited, including those inside objects."""
MAX_STREAM: Final = 64 * 1024 * 1024
"""Decompressed bytes of one stream: a page scanned in colour at 400 dpi fits."""
MAX_UNPACKED: Final = 256 * 1024 * 1024
"""Decompressed bytes of all streams together."""
MAX_PIXELS: Final = 120_000_000
"""Of one image: A3 at 600 dpi fits (ASVS 5.2.6)."""

MEMORY: Final = 768 * 1024 * 1024
CPU_SECONDS: Final = 10
WALL_SECONDS: Final = 20
OUTPUT: Final = 32 * 1024 * 1024

_PACKERS: Final = frozenset({"/FlateDecode", "/LZWDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode"})
_PICTURES: Final = frozenset({"/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/JPXDecode"})
_MAX_FILTERS: Final = 4

_KEYS: Final = {
    "/JS": "script",
    "/JavaScript": "script",
    "/AA": "automatic",
    "/EF": "attachment",
    "/EmbeddedFiles": "attachment",
    "/Collection": "attachment",
    "/XFA": "form",
    "/RichMediaContent": "media",
    "/RichMediaSettings": "media",
    "/OPI": "external",
}
"""Dictionary entries that reject the file (ISO 32000-1: 12.6, 7.11.4, 12.7.8, 13, 14.11.7)."""
_ACTIONS: Final = {
    "/JavaScript": "script",
    "/Launch": "launch",
    "/SubmitForm": "external",
    "/ImportData": "external",
    "/GoToR": "external",
    "/GoToE": "attachment",
    "/Thread": "external",
    "/Sound": "media",
    "/Movie": "media",
    "/Rendition": "media",
    "/RichMediaExecute": "media",
    "/GoTo3DView": "media",
}
"""Types of action (entry S) that reject the file."""
_SUBTYPES: Final = {
    "/RichMedia": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/Screen": "media",
    "/3D": "media",
    "/FileAttachment": "attachment",
    "/PS": "script",
}
_META: Final = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb")
_PLAIN_LINK: Final = re.compile(r"(https?://|mailto:)[^\s]{1,2000}", re.IGNORECASE)
_HIDDEN: Final = re.compile(rb"/(JavaScript|EmbeddedFiles?|RichMedia|Launch|SubmitForm)(?![A-Za-z])")
_END: Final = b"%%EOF"


class UnfitPdfError(Exception):
    """The file is rejected. `str()` is the code of the reason."""


def restrict() -> None:
    for kind, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(kind, (value, value))
    signal.alarm(WALL_SECONDS)  # not caught: it ends the process even inside the library
    pikepdf.settings.set_qpdf_limits(
        doc_max_warnings=50,
        parser_max_container_size=MAX_NODES,
        max_stream_filters=_MAX_FILTERS,
        flate_max_memory=MAX_STREAM,
        png_max_memory=MAX_STREAM,
        tiff_max_memory=MAX_STREAM,
        run_length_max_memory=MAX_STREAM,
    )


def inspect_pdf(source: Path, target: Path) -> dict[str, Any]:
    """Inspect a PDF and write the copy that may be stored.

    Raises:
        UnfitPdfError: With the code of the reason.
    """
    try:
        with pikepdf.open(source) as pdf:
            return _examined(pdf, source, target)
    except pikepdf.PasswordError:
        raise UnfitPdfError("encrypted") from None
    except (pikepdf.PdfError, RuntimeError) as error:
        raise UnfitPdfError(_code_of(str(error))) from None


def _code_of(words: str) -> str:
    """Maps the library's message to a code; it has no exception classes for these."""
    if "memory limit" in words:
        return "heavy"
    return "empty" if "no pages found" in words else "damaged"


def _examined(pdf: Pdf, source: Path, target: Path) -> dict[str, Any]:
    if pdf.is_encrypted:
        raise UnfitPdfError("encrypted")
    if len(pdf.objects) > MAX_OBJECTS:
        raise UnfitPdfError("heavy")
    pages = len(pdf.pages)
    if not pages:
        raise UnfitPdfError("empty")
    if pages > MAX_PAGES:
        raise UnfitPdfError("pages")
    _check_start(pdf)
    signed = _check_objects(pdf)
    if signed:
        _keep_whole(pdf, source, target)
    else:
        _write_anew(pdf, target)
    return {"pages": pages, "signed": signed}


def _check_start(pdf: Pdf) -> None:
    """Opening the file may jump to a page; any other action rejects it."""
    start = pdf.Root.get("/OpenAction")
    if isinstance(start, Dictionary) and start.get("/S") != Name.GoTo:
        raise UnfitPdfError("automatic")


def _check_objects(pdf: Pdf) -> bool:
    """Visits every object, used or not; true if there is a signature."""
    signed, unpacked = False, 0
    links: list[Dictionary] = []
    for holder in _dictionaries(pdf):
        _check_dictionary(holder)
        signed |= "/ByteRange" in holder and "/Contents" in holder
        if holder.get("/S") == Name.URI:
            links.append(holder)
        if isinstance(holder, Stream):
            unpacked += _unpacked(pdf, holder)
            if unpacked > MAX_UNPACKED:
                raise UnfitPdfError("heavy")
    for link in links:
        if not signed:
            _make_dead(link)
        elif not _PLAIN_LINK.fullmatch(str(link.get("/URI", ""))):
            raise UnfitPdfError("external")
    return signed


def _dictionaries(pdf: Pdf) -> Iterator[Any]:
    """Every dictionary and stream once, including nested ones."""
    seen = 0
    for top in [*pdf.objects, pdf.trailer]:
        stack: list[Any] = [top]
        while stack:
            value = stack.pop()
            if isinstance(value, Stream | Dictionary):
                yield value
                inner = [item for _, item in value.items()]
            elif isinstance(value, Array):
                inner = list(value)
            else:
                continue
            seen += len(inner)
            if seen > MAX_NODES:
                raise UnfitPdfError("heavy")
            stack += [item for item in inner if isinstance(item, Object) and not item.is_indirect]


def _check_dictionary(holder: Any) -> None:
    for key in holder.keys():  # noqa: SIM118  a pikepdf dictionary iterates otherwise
        if (fault := _KEYS.get(key)) is not None:
            raise UnfitPdfError(fault)
    for entry, table in (("/S", _ACTIONS), ("/Subtype", _SUBTYPES)):
        value = holder.get(entry)
        if isinstance(value, Name) and (fault := table.get(str(value))) is not None:
            raise UnfitPdfError(fault)
    if holder.get("/Type") == Name.EmbeddedFile:
        raise UnfitPdfError("attachment")
    if isinstance(holder, Stream):
        if any(key in holder for key in ("/F", "/FFilter", "/Ref")):
            raise UnfitPdfError("external")
        if holder.get("/Subtype") == Name.Image and _pixels(holder) > MAX_PIXELS:
            raise UnfitPdfError("heavy")


def _pixels(picture: Stream) -> int:
    width, height = picture.get("/Width", 0), picture.get("/Height", 0)
    if not isinstance(width, int) or not isinstance(height, int):
        raise UnfitPdfError("damaged")
    return width * height


def _unpacked(pdf: Pdf, stream: Stream) -> int:
    """Decompressed size of a stream; images stay in their own encoding."""
    named = stream.get("/Filter")
    filters = [] if named is None else [str(each) for each in named] if isinstance(named, Array) else [str(named)]
    packers = filters[:-1] if filters and filters[-1] in _PICTURES else filters
    if len(filters) > _MAX_FILTERS or not _PACKERS.issuperset(packers):
        raise UnfitPdfError("damaged")
    raw = stream.read_raw_bytes()
    if not packers:
        return len(raw)
    if packers == filters:
        return len(stream.read_bytes(pikepdf.StreamDecodeLevel.generalized))
    inner = Stream(pdf, raw)
    inner.Filter = Array([Name(each) for each in packers])
    return len(inner.read_bytes(pikepdf.StreamDecodeLevel.generalized))


def _make_dead(link: Dictionary) -> None:
    """An action without a type does nothing."""
    for key in ("/S", "/URI", "/IsMap"):
        if key in link:
            del link[key]


def _keep_whole(pdf: Pdf, source: Path, target: Path) -> None:
    """Keep a signed file as it is, if all programs are sure to read it alike."""
    content = source.read_bytes()
    behind = content[content.rindex(_END) + len(_END) :]
    if pdf.get_warnings() or behind.strip() or _HIDDEN.search(content):
        raise UnfitPdfError("signature")
    shutil.copyfile(source, target)


def _write_anew(pdf: Pdf, target: Path) -> None:
    for key in ("/OpenAction", "/URI"):
        if key in pdf.Root:
            del pdf.Root[key]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for holder in _dictionaries(pdf):
        for key in _META:
            if key in holder:
                del holder[key]
        if isinstance(holder, Stream) and holder.get("/Filter") == Name.DCTDecode:
            bare = without_comments(holder.read_raw_bytes())
            holder.write(bare, filter=Name.DCTDecode, decode_parms=_parameters(holder))
    pdf.save(
        target,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        deterministic_id=True,
    )
    with pikepdf.open(target) as copy:
        if copy.get_warnings() or len(copy.pages) != len(pdf.pages):
            raise UnfitPdfError("damaged")


def _parameters(picture: Stream) -> Dictionary | None:
    found = picture.get("/DecodeParms")
    return found if isinstance(found, Dictionary) else None


_KEPT_SEGMENTS: Final = frozenset({0xE0, 0xE2, 0xEE})
"""JFIF, colour profile and Adobe's colour transform: without them an image looks different."""


def without_comments(jpeg: bytes) -> bytes:
    """Strip a JPEG of application segments and comments: camera, place and time of a photo (ASVS 14.2.8).

    Bytes that are not laid out as a JPEG are returned as they are.
    """
    if jpeg[:2] != b"\xff\xd8":
        return jpeg
    kept, place = [jpeg[:2]], 2
    while jpeg[place : place + 1] == b"\xff" and len(jpeg) >= place + 4:
        marker = jpeg[place + 1]
        if marker == 0xDA:  # start of the image data
            return b"".join([*kept, jpeg[place:]])
        end = place + 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if (marker not in range(0xE0, 0xF0) and marker != 0xFE) or marker in _KEPT_SEGMENTS:
            kept.append(jpeg[place:end])
        place = end
    return jpeg


def _verdict(source: Path, target: Path) -> dict[str, Any]:
    try:
        return {"fault": "", **inspect_pdf(source, target)}
    except UnfitPdfError as unfit:
        return {"fault": str(unfit)}
    except MemoryError:
        return {"fault": "heavy"}
    except Exception:  # noqa: BLE001  what the library stumbles over is no file for us
        return {"fault": "damaged"}


def _answer(question: dict[str, str], verdict: dict[str, Any]) -> None:
    """In one write: a line this short never interleaves with another (POSIX, PIPE_BUF)."""
    os.write(sys.stdout.fileno(), json.dumps({"id": question["id"], **verdict}).encode() + b"\n")


def serve() -> None:
    for line in sys.stdin.buffer:
        question: dict[str, str] = json.loads(line)
        child = os.fork()
        if child == 0:
            os.close(sys.stdin.fileno())
            restrict()
            _answer(question, _verdict(Path(question["source"]), Path(question["target"])))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != 0:  # it hit one of its limits and gave no answer
            _answer(question, {"fault": "too-slow"})


if __name__ == "__main__":
    serve()
