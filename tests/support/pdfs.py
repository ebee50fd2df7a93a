"""PDF files for the tests: ordinary ones, and those of people who mean harm (OWASP File Upload cheat sheet)."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HTML = b"<html><script>alert(document.cookie)</script></html>"
SECRET_PLACE = b"GPS-tempat-rahasia"


def ordinary(pages: int = 1, text: str = "SK Kenaikan Pangkat") -> bytes:
    """What a word processor writes, author and title included."""
    writer = FPDF()
    writer.set_title("Judul rahasia")
    writer.set_author("Penulis rahasia")
    for number in range(pages):
        writer.add_page()
        writer.set_font("helvetica", size=12)
        writer.cell(text=f"{text} {number + 1}")
    return bytes(writer.output())


def changed(change: Callable[[Pdf], object], start: bytes | None = None) -> bytes:
    """An ordinary file after a change to its objects."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(start or ordinary())) as pdf:
        change(pdf)
        pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def with_root(key: str, value: object) -> bytes:
    """With an entry in the catalog."""
    return changed(lambda pdf: pdf.Root.__setitem__(key, value))


def with_annotation(**entries: object) -> bytes:
    """With something on the first page, such as a link."""

    def change(pdf: Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 100, 100]), **entries)
        pdf.pages[0].Annots = Array([pdf.make_indirect(note)])

    return changed(change)


def with_action(kind: str, **entries: object) -> bytes:
    """With a link that does something."""
    return with_annotation(Subtype=Name.Link, A=Dictionary(S=Name(f"/{kind}"), **entries))


def with_stream(raw: bytes, filters: object = None, copies: int = 1, **entries: object) -> bytes:
    """With streams of one's own, packed as they are told to be."""

    def change(pdf: Pdf) -> None:
        for number in range(copies):
            stream = Stream(pdf, raw)
            if filters is not None:
                stream.Filter = filters
            for key, value in entries.items():
                stream[f"/{key}"] = value
            pdf.Root[f"/X{number}"] = pdf.make_indirect(stream)

    return changed(change)


def with_file_inside() -> bytes:
    """A PDF that carries a program."""

    def change(pdf: Pdf) -> None:
        pdf.attachments["surat.exe"] = b"MZ\x90\x00" + EICAR

    return changed(change)


def with_picture(jpeg: bytes) -> bytes:
    """A photo as telephones make one: a page with one JPEG."""

    def change(pdf: Pdf) -> None:
        picture = Stream(pdf, jpeg)
        for key, value in (("Type", Name.XObject), ("Subtype", Name.Image), ("Width", 8), ("Height", 8)):
            picture[f"/{key}"] = value
        picture.Filter = Name.DCTDecode
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))

    return changed(change)


def jpeg_with_place() -> bytes:
    """A small JPEG that tells where it was taken."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (8, 8), 128).save(out, "JPEG")
    plain = out.getvalue()
    body = b"Exif\x00\x00" + SECRET_PLACE
    return plain[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + plain[2:]


def bomb(size: int, layers: int = 1) -> bytes:
    """Zeros, packed again and again."""
    packer, out = zlib.compressobj(9), bytearray()
    for _ in range(size // 1_000_000):
        out += packer.compress(b"\0" * 1_000_000)
    packed = bytes(out + packer.flush())
    for _ in range(layers - 1):
        packed = zlib.compress(packed, 9)
    return packed


def encrypted(user: str, owner: str) -> bytes:
    """Locked with a password, or only restricted (empty user password)."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(ordinary())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
    return out.getvalue()


def signed(behind: bytes = b"", hidden: bytes = b"") -> bytes:
    """Laid out as a signed file is; the signature itself is not worth anything."""

    def change(pdf: Pdf) -> None:
        value = Dictionary(
            Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=Array([0, 10, 20, 30]), Contents=String("00" * 64)
        )
        field = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("Tanda"), V=pdf.make_indirect(value)
        )
        field.Rect = Array([0, 0, 0, 0])
        pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]), SigFlags=3)

    content = changed(change)
    if hidden:
        content = content.replace(b"%%EOF", b"% " + hidden + b"\n%%EOF")
    return content + behind


def archive() -> bytes:
    """A ZIP that, behind a PDF, is still a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("x.class", b"\xca\xfe\xba\xbe")
    return out.getvalue()


def many_objects(count: int) -> bytes:
    """More objects than any scan has."""

    def change(pdf: Pdf) -> None:
        pdf.Root.X = Array([pdf.make_indirect(Dictionary(N=number)) for number in range(count)])

    return changed(change)


def endless_pages() -> bytes:
    """A page tree that contains itself."""

    def change(pdf: Pdf) -> None:
        pdf.Root.Pages.Kids.append(pdf.Root.Pages)

    return changed(change)


def without_pages() -> bytes:
    """A catalog and nothing else."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.save(out)
    return out.getvalue()


def deep(levels: int) -> bytes:
    """Arrays in arrays, to exhaust whoever descends by calling itself."""
    return ordinary().replace(b"/Type /Catalog", b"/Type /Catalog /X " + b"[" * levels + b"]" * levels)
