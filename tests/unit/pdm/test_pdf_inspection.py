"""What becomes of a PDF before it is kept: hostile files are refused in words, the others are kept without what nobody sees."""

from __future__ import annotations

import io
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import pikepdf
import psutil
import pytest
from pikepdf import Array, Dictionary, Name, String

from mysapk_web.pdm import pdf_inspection, pdf_worker
from mysapk_web.pdm.pdf_inspection import PdfInspection, PdfRefusedError, inspect_pdf
from tests.support import pdfs

FLATE = Name.FlateDecode


@pytest.fixture
def look(tmp_path: Path):
    """Examine bytes; gives the verdict and the copy that would be kept."""

    def examined(content: bytes) -> tuple[PdfInspection, bytes]:
        source, target = tmp_path / "masuk.tmp", tmp_path / "keluar.tmp"
        source.write_bytes(content)
        target.unlink(missing_ok=True)
        return inspect_pdf(source, target), target.read_bytes()

    return examined


def code_of(look, content: bytes) -> str:
    with pytest.raises(PdfRefusedError) as refused:
        look(content)
    assert refused.value.sentence == pdf_inspection.SENTENCES[refused.value.code]
    return refused.value.code


def names_tree(**entries: object) -> bytes:
    return pdfs.with_root("/Names", Dictionary(**entries))


REFUSED = {
    # No PDF at all, whatever it is called
    "empty": (b"", "not-pdf"),
    "text": (b"Ini bukan PDF", "not-pdf"),
    "a picture with another name": (pdfs.jpeg_with_place(), "not-pdf"),
    "a zip archive": (pdfs.archive(), "not-pdf"),
    "a program": (b"MZ\x90\x00" + pdfs.ordinary(), "not-pdf"),
    "html before the PDF": (pdfs.HTML + pdfs.ordinary(), "not-pdf"),
    "a GIF before the PDF": (b"GIF89a" + b"\0" * 32 + pdfs.ordinary(), "not-pdf"),
    "a blank before the PDF": (b" " + pdfs.ordinary(), "not-pdf"),
    "XML with an external entity": (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        "not-pdf",
    ),
    # Not whole
    "only the first bytes": (b"%PDF-1.7\n", "damaged"),
    "first and last bytes": (b"%PDF-1.7\n%%EOF", "damaged"),
    "cut in the middle": (pdfs.ordinary(3)[:900], "damaged"),
    "cut in the middle, with an end": (pdfs.ordinary(3)[:900] + b"\n%%EOF", "damaged"),
    "much behind the end": (pdfs.ordinary() + b"\0" * 2000, "damaged"),
    "no pages": (pdfs.without_pages(), "empty"),
    # Locked
    "a password": (pdfs.encrypted("rahasia", "rahasia"), "encrypted"),
    "restrictions": (pdfs.encrypted("", "rahasia"), "encrypted"),
    # What acts
    "script for the whole file": (
        names_tree(JavaScript=Dictionary(Names=Array([String("a"), Dictionary(S=Name.JavaScript, JS=String("x"))]))),
        "script",
    ),
    "script in a link": (pdfs.with_action("JavaScript", JS=String("app.alert(1)")), "script"),
    "script when opened": (
        pdfs.with_root("/OpenAction", Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))),
        "automatic",
    ),
    "a web site when opened": (
        pdfs.with_root("/OpenAction", Dictionary(S=Name.URI, URI=String("https://evil.example"))),
        "automatic",
    ),
    "printing when opened": (pdfs.with_root("/OpenAction", Dictionary(S=Name.Named, N=Name.Print)), "automatic"),
    "actions of a page": (
        pdfs.changed(lambda pdf: setattr(pdf.pages[0].obj, "AA", Dictionary(O=Dictionary(S=Name.Named)))),
        "automatic",
    ),
    "actions of the file": (pdfs.with_root("/AA", Dictionary(WC=Dictionary(S=Name.Named))), "automatic"),
    "a way to start a program": (pdfs.with_action("Launch", F=String("cmd.exe")), "launch"),
    "a program behind a harmless action": (
        pdfs.with_action("GoTo", D=String("x"), Next=Dictionary(S=Name.Launch, F=String("cmd.exe"))),
        "launch",
    ),
    "a PostScript object": (pdfs.with_stream(b"x", Type=Name.XObject, Subtype=Name.PS), "script"),
    # What carries
    "a file inside": (pdfs.with_file_inside(), "attachment"),
    "a file pinned to a page": (
        pdfs.with_annotation(Subtype=Name.FileAttachment, FS=Dictionary(F=String("a.exe"))),
        "attachment",
    ),
    "a stream that is a file": (pdfs.with_stream(b"MZ", Type=Name.EmbeddedFile), "attachment"),
    "a portfolio": (pdfs.with_root("/Collection", Dictionary(View=Name.T)), "attachment"),
    "a way into a file inside": (pdfs.with_action("GoToE", D=String("x")), "attachment"),
    "rich media": (pdfs.with_annotation(Subtype=Name.RichMedia, RichMediaContent=Dictionary()), "media"),
    "a film": (pdfs.with_action("Rendition", OP=0), "media"),
    "a three-dimensional model": (pdfs.with_annotation(Subtype=Name("/3D")), "media"),
    "an XFA form": (
        pdfs.with_root("/AcroForm", Dictionary(Fields=Array([]), XFA=String("<xdp/>"))),
        "form",
    ),
    # What fetches
    "another file": (pdfs.with_action("GoToR", F=String("//evil.example/share/a.pdf"), D=String("x")), "external"),
    "a form that is sent away": (pdfs.with_action("SubmitForm", F=String("https://evil.example")), "external"),
    "data that is fetched": (pdfs.with_action("ImportData", F=String("a.fdf")), "external"),
    "content that lies elsewhere": (pdfs.with_stream(b"", F=String("https://evil.example/x")), "external"),
    "a page of another file": (
        pdfs.with_stream(b"", Subtype=Name.Form, Ref=Dictionary(F=String("b.pdf"), Page=0)),
        "external",
    ),
    # Too much
    "too many pages": (pdfs.ordinary(101), "pages"),
    "a bomb": (pdfs.with_stream(pdfs.bomb(300_000_000), FLATE), "heavy"),
    "a bomb in a bomb": (pdfs.with_stream(pdfs.bomb(900_000_000, 2), Array([FLATE, FLATE])), "heavy"),
    "many small bombs": (pdfs.with_stream(pdfs.bomb(60_000_000), FLATE, copies=5), "heavy"),
    "a bomb before a picture": (pdfs.with_stream(pdfs.bomb(300_000_000), Array([FLATE, Name.DCTDecode])), "heavy"),
    "a picture of a billion points": (
        pdfs.with_stream(b"\xff\xd8", Name.DCTDecode, Subtype=Name.Image, Width=40_000, Height=40_000),
        "heavy",
    ),
    "a picture without a size": (
        pdfs.with_stream(b"\xff\xd8", Name.DCTDecode, Subtype=Name.Image, Width=String("8"), Height=8),
        "damaged",
    ),
    "very many objects": (pdfs.many_objects(20_500), "heavy"),
    "an unknown packing": (pdfs.with_stream(b"x", Name("/EvilDecode")), "damaged"),
    "packed five times": (pdfs.with_stream(b"x", Array([Name.ASCIIHexDecode] * 5)), "damaged"),
    "arrays in arrays": (pdfs.deep(5_000), "damaged"),
    # Signed, and then changed
    "a signed file with a link to a program": (
        pdfs.changed(
            lambda pdf: setattr(pdf.pages[0], "X", Dictionary(S=Name.URI, URI=String("file:///C:/cmd.exe"))),
            pdfs.signed(),
        ),
        "external",
    ),
    "a signed file with an archive behind it": (pdfs.signed(behind=pdfs.archive()), "signature"),
    "a signed file with a script in between": (pdfs.signed(hidden=b"1 0 obj<</S/JavaScript/J(x)>>endobj"), "signature"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_in_words(look, name: str) -> None:
    content, code = REFUSED[name]
    assert code_of(look, content) == code


def test_every_code_of_the_worker_has_a_sentence_that_says_what_to_do() -> None:
    codes = {*pdf_worker._KEYS.values(), *pdf_worker._ACTIONS.values(), *pdf_worker._SUBTYPES.values()}
    assert codes <= pdf_inspection.SENTENCES.keys()
    assert pdf_inspection.MAX_PAGES == pdf_worker.MAX_PAGES
    for sentence in pdf_inspection.SENTENCES.values():
        assert "unggah" in sentence.lower()
        assert sentence.endswith(".")


def test_names_written_in_another_way_are_the_same_names(look) -> None:
    disguised = pdfs.with_action("JavaScript", JS=String("x")).replace(b"/JavaScript", b"/#4aava#53cript")
    assert code_of(look, disguised.replace(b"/JS", b"/#4a#53")) == "script"


def test_a_script_that_nothing_refers_to_is_found_too(look) -> None:
    content = pdfs.ordinary()
    place = content.index(b"1 0 obj")
    hidden = content[:place] + b"99 0 obj\n<</S /JavaScript /JS (x)>>\nendobj\n" + content[place:]
    # The table of objects no longer fits, so it is made anew from all that the file holds.
    assert code_of(look, hidden) == "script"


@pytest.mark.parametrize(
    "behind",
    [pdfs.archive(), b"\n" + pdfs.HTML, b"\n" + pdfs.EICAR, b"\nGIF89a"],
    ids=["zip", "html", "eicar", "gif"],
)
def test_what_hangs_behind_does_not_remain(look, behind: bytes) -> None:
    verdict, kept = look(pdfs.ordinary() + behind)
    assert verdict == PdfInspection(pages=1, signed=False)
    assert kept.startswith(b"%PDF-")
    assert kept.rstrip().endswith(b"%%EOF")
    for trace in (b"PK\x03\x04", b"<script", b"EICAR", b"GIF8"):
        assert trace not in kept


def test_a_comment_in_the_file_does_not_remain(look) -> None:
    content = pdfs.ordinary().replace(b"\n", b"\n%" + pdfs.EICAR + b"\n", 1)
    _, kept = look(content)
    assert b"EICAR" not in kept


def test_the_word_of_a_virus_test_in_the_text_of_a_page_is_text(look) -> None:
    """There is no virus scanner here: a page may say anything. It is kept as the text that it is."""
    verdict, _ = look(pdfs.ordinary(text=pdfs.EICAR.decode().replace("\\", "")))
    assert verdict.pages == 1


def test_metadata_does_not_remain(look) -> None:
    xmp = b'<?xpacket?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e; Rahasia</x>'

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Metadata = pdf.make_indirect(pikepdf.Stream(pdf, xmp))
        pdf.pages[0].obj.Metadata = pdf.make_indirect(pikepdf.Stream(pdf, xmp))
        pdf.pages[0].obj.PieceInfo = Dictionary(Adobe=Dictionary(Private=String("Rahasia")))

    _, kept = look(pdfs.changed(change))
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
        assert not {"/Metadata", "/PieceInfo"} & set(pdf.pages[0].keys())
    for word in (b"rahasia", b"Rahasia", b"passwd", b"fpdf"):
        assert word not in kept


def test_a_photo_forgets_where_it_was_taken_and_looks_the_same(look) -> None:
    from PIL import Image

    jpeg = pdfs.jpeg_with_place()
    _, kept = look(pdfs.with_picture(jpeg))
    assert pdfs.SECRET_PLACE not in kept
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        picture = pdf.pages[0].Resources.XObject.Im0.read_raw_bytes()
    before, after = (Image.open(io.BytesIO(each)) for each in (jpeg, picture))
    assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize("broken", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xe1\x00\x00" * 9, b"no jpeg"])
def test_what_is_no_jpeg_is_left_alone(broken: bytes) -> None:
    started = time.perf_counter()
    assert pdf_worker.without_comments(broken) == broken
    assert time.perf_counter() - started < 1


def test_links_are_dead_and_a_place_to_begin_is_harmless(look) -> None:
    content = pdfs.with_action("URI", URI=String("https://evil.example/x"))

    def begin(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])

    _, kept = look(pdfs.changed(begin, content))
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert "/OpenAction" not in pdf.Root
        assert not pdf.pages[0].Annots[0].A.keys()
    assert b"evil.example" not in kept


def test_a_signed_file_is_kept_byte_for_byte(look) -> None:
    content = pdfs.signed()
    verdict, kept = look(content)
    assert verdict.signed
    assert kept == content


def test_a_signed_file_may_lead_to_a_web_site(look) -> None:
    link = Dictionary(S=Name.URI, URI=String("https://tte.example.go.id/cek?x=1"))
    content = pdfs.changed(lambda pdf: setattr(pdf.pages[0], "X", link), pdfs.signed())
    assert look(content)[0].signed


@pytest.mark.parametrize("what", ["script", "file"])
def test_a_signature_excuses_nothing(look, what: str) -> None:
    if what == "script":
        harm = Dictionary(S=Name.JavaScript, JS=String("x"))
        content = pdfs.changed(lambda pdf: setattr(pdf.pages[0], "X", harm), pdfs.signed())
        assert code_of(look, content) == "script"
    else:
        content = pdfs.changed(lambda pdf: pdf.attachments.__setitem__("a.exe", b"MZ"), pdfs.signed())
        assert code_of(look, content) == "attachment"


def test_equal_files_give_equal_copies(look) -> None:
    content = pdfs.ordinary(2)
    assert look(content)[1] == look(content)[1]


def test_pages_are_counted_and_a_hundred_are_enough(look) -> None:
    assert look(pdfs.ordinary(3))[0].pages == 3
    assert look(pdfs.ordinary(100))[0].pages == 100


def test_a_page_tree_that_contains_itself_ends(look) -> None:
    started = time.perf_counter()
    with suppress(PdfRefusedError):
        assert look(pdfs.endless_pages())[0].pages == 1
    assert time.perf_counter() - started < 10


def test_nothing_is_left_of_a_refused_file(look, tmp_path: Path) -> None:
    code_of(look, pdfs.with_file_inside())
    assert not (tmp_path / "keluar.tmp").exists()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Puts another program in the place of the worker; gives the file that it may write into."""

    def put(lines: str) -> Path:
        program, seen = tmp_path / "worker.py", tmp_path / "seen"
        head = f"import json, os, signal, sys, time\nseen = {str(seen)!r}\nask = lambda: json.loads(sys.stdin.readline())\n"
        program.write_text(head + lines)
        monkeypatch.setattr(pdf_inspection, "WORKER", program)
        monkeypatch.setattr(pdf_inspection, "_of_thread", threading.local())
        return seen

    return put


def test_a_worker_that_stands_still_is_ended_with_all_it_has_begun(
    look, worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = worker("ask()\nif os.fork(): open(seen, 'w').write(str(os.getpid()))\ntime.sleep(60)\n")
    monkeypatch.setattr(pdf_inspection, "TIME_LIMIT", 0.5)
    started = time.perf_counter()
    assert code_of(look, pdfs.ordinary()) == "too-slow"
    assert time.perf_counter() - started < 5
    group = int(seen.read_text())
    deadline = time.perf_counter() + 5
    while left := alive_in(group):
        assert time.perf_counter() < deadline, left
        time.sleep(0.02)


def alive_in(group: int) -> list[psutil.Process]:
    """Processes of a group that can still do something."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


@pytest.mark.parametrize(
    "program",
    [
        "ask(); os.kill(os.getpid(), signal.SIGKILL)",
        "",
        "ask(); print('kein JSON', flush=True); time.sleep(9)",
        "ask(); print(json.dumps({'id': 'x', 'fault': '', 'pages': 1, 'signed': False}), flush=True); time.sleep(9)",
        "print('{}', flush=True); time.sleep(9)",
    ],
    ids=["killed", "ends at once", "no answer", "answer to another question", "answer before the question"],
)
def test_a_worker_that_gives_no_right_answer_refuses_the_file(look, worker, program: str) -> None:
    worker(program + "\n")
    assert code_of(look, pdfs.ordinary()) == "too-slow"


def test_after_a_broken_worker_comes_a_whole_one(look, worker, monkeypatch: pytest.MonkeyPatch) -> None:
    right = pdf_inspection.WORKER
    worker("ask(); os.kill(os.getpid(), signal.SIGKILL)\n")
    assert code_of(look, pdfs.ordinary()) == "too-slow"
    monkeypatch.setattr(pdf_inspection, "WORKER", right)
    assert look(pdfs.ordinary())[0].pages == 1


def test_one_file_that_kills_its_process_harms_no_other(look, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of a single judgement runs out; the worker answers for it and judges the next."""
    monkeypatch.setattr(pdf_inspection, "_of_thread", threading.local())
    assert look(pdfs.ordinary())[0].pages == 1
    first = pdf_inspection._of_thread.worker.process.pid
    assert code_of(look, pdfs.with_stream(pdfs.bomb(60_000_000), FLATE, copies=5)) == "heavy"
    assert look(pdfs.ordinary())[0].pages == 1
    assert pdf_inspection._of_thread.worker.process.pid == first


def test_the_worker_ends_when_nobody_asks_any_more(look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_inspection, "_of_thread", threading.local())
    look(pdfs.ordinary())
    process = pdf_inspection._of_thread.worker.process
    process.stdin.close()
    assert process.wait(5) == 0


def test_the_worker_is_told_no_secret(look, worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSAPK_SECRET_KEY", "geheim-geheim")
    seen = worker(
        "question = ask()\nopen(seen, 'w').write(repr(dict(os.environ)) + repr(sys.argv))\n"
        "print(json.dumps({'id': question['id'], 'fault': 'damaged'}), flush=True)\ntime.sleep(9)\n"
    )
    assert code_of(look, pdfs.ordinary()) == "damaged"
    assert "geheim" not in seen.read_text()
    assert "MYSAPK" not in seen.read_text()
    assert os.environ["MYSAPK_SECRET_KEY"] == "geheim-geheim"
