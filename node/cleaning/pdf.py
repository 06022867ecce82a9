"""The process that writes a PDF anew (ISO 32000-2): its pages, and not who made them.

qpdf, by way of pikepdf, reads it whatever its age and state, and writes the objects that the pages
lead to, so that what former versions of the file left behind is gone. Before that, every object
loses what tells of people, places, programs and other files, and what acts by itself.
"""

import io
import os
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

import pikepdf
from pikepdf import (
    Array,
    Dictionary,
    Name,
    Object,
    ObjectStreamMode,
    Page,
    PdfError,
    Stream,
    parse_content_stream,
    unparse_content_stream,
)

from node.cleaning.cage import Said, Unfit, load_all, serve
from node.cleaning.embedded import clean_jpeg, clean_jpeg_2000, clean_profile

load_all(pikepdf)
with pikepdf.new() as _warm:
    # What reads a file that bears a lock without a key is loaded by writing one.
    _warm.save(_locked := io.BytesIO(), encryption=pikepdf.Encryption(user="", owner="o"))
    pikepdf.open(_locked).close()
DEEPEST: Final = 100
MOST_DRAWING_BYTES: Final = 20_000_000
MOST_PICTURE_BYTES: Final = 100_000_000
BROKEN: Final = (PdfError, OSError, ValueError, TypeError, KeyError, AttributeError, IndexError)

_TRAILER_KEPT: Final = frozenset({"/Root", "/Size"})
_ROOT_KEPT: Final = frozenset(
    {"/Type", "/Version", "/Pages", "/PageLabels", "/Names", "/Dests", "/ViewerPreferences"}
    | {"/PageLayout", "/PageMode", "/Outlines", "/OpenAction", "/AcroForm", "/StructTreeRoot"}
    | {"/MarkInfo", "/Lang", "/OCProperties"}
)
_PAGE_KEPT: Final = frozenset(
    {"/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"}
    | {"/Contents", "/Rotate", "/Group", "/Dur", "/Trans", "/Annots", "/Tabs", "/StructParents"}
    | {"/UserUnit"}
)
_STREAM: Final = frozenset({"/Type", "/Subtype", "/Length", "/Filter", "/DecodeParms", "/F"})
_IMAGE_KEPT: Final = _STREAM | frozenset(
    {"/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask"}
    | {"/Decode", "/Interpolate", "/SMask", "/SMaskInData", "/Matte", "/Name", "/StructParent"}
    | {"/OC"}
)
_FORM_KEPT: Final = _STREAM | frozenset(
    {"/FormType", "/BBox", "/Matrix", "/Resources", "/Group", "/StructParent", "/StructParents"}
    | {"/OC", "/Name"}
)
_DROPPED: Final = frozenset(
    {"/Metadata", "/PieceInfo", "/LastModified", "/AA", "/Thumb", "/AF", "/XFA", "/VP", "/Measure"}
    | {"/LGIDict", "/OPI", "/Ref", "/CreatorInfo", "/User", "/WC", "/PresSteps", "/PtData"}
    | {"/JS", "/JavaScript", "/URIS"}
)
"""What tells, or acts, wherever it stands; `/PTEX.*` is what TeX notes of files that it read."""
_TABLES: Final = frozenset(
    {"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties"}
    | {"/CharProcs", "/Dests", "/N", "/D", "/R", "/RoleMap", "/ClassMap"}
)
"""What holds entries under names of the document's own, which mean nothing."""
_OF_NOTES: Final = frozenset({"/T", "/M", "/CreationDate", "/NM", "/RC", "/Subj", "/IRT", "/IT"})
_FORBIDDEN_NOTES: Final = frozenset(
    {"/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D", "/Projection"}
)
_NOTES: Final = frozenset(
    {"/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight"}
    | {"/Underline", "/Squiggly", "/StrikeOut", "/Caret", "/Stamp", "/Ink", "/Popup", "/Redact"}
    | {"/Link", "/Watermark", "/PrinterMark", "/TrapNet"}
)
_ACTIONS_KEPT: Final = frozenset({"/GoTo", "/URI", "/Named"})
_PLACES: Final = ("http://", "https://", "mailto:", "tel:")


def clean(source: BinaryIO, target: BinaryIO, mark: str) -> None:
    """Write the PDF in `source` to `target` without what it says about its making.

    Refuses with locked, broken.
    """
    try:
        pdf = pikepdf.open(source, access_mode=pikepdf.AccessMode.stream)
    except pikepdf.PasswordError:
        raise Unfit("locked") from None
    with pdf:
        if not len(pdf.pages):
            raise Unfit("broken")
        _keep(pdf.trailer, _TRAILER_KEPT)
        _keep(pdf.Root, _ROOT_KEPT)
        if isinstance(names := pdf.Root.get("/Names"), Dictionary):
            _keep(names, frozenset({"/Dests"}))
        objects = list(pdf.objects)
        tables = {
            inner.objgen
            for one in objects
            for found in _all_in(one, 0)
            if isinstance(found, Dictionary | Stream)
            for key, inner in found.items()
            if key in _TABLES and isinstance(inner, Dictionary) and inner.objgen[0]
        }
        for one in objects:
            for found in _all_in(one, 0):
                _clean_one(found, is_table=one.objgen in tables and found.objgen == one.objgen)
        for page in pdf.pages:
            _clean_page(page)
        if mark:
            pdf.Root["/SchoolgateMark"] = pikepdf.String(mark)
        # The writer puts the right number here, but where a damaged file has none it puts none.
        pdf.trailer["/Size"] = 0
        pages = len(pdf.pages)
        pdf.save(
            target,
            object_stream_mode=ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
            encryption=False,
            fix_metadata_version=False,
        )
    target.seek(0)
    with pikepdf.open(target, access_mode=pikepdf.AccessMode.stream) as made:
        if len(made.pages) != pages:
            raise Unfit("broken")


def _keep(where: Object, names: frozenset[str]) -> None:
    for key in list(where.keys()):
        if key not in names:
            del where[key]


def _all_in(one: Object, depth: int) -> Iterator[Object]:
    """An object and everything that is written inside it; what it refers to has its own turn."""
    if depth > DEEPEST:
        raise Unfit("broken")
    if isinstance(one, Array):
        yield one
        for part in list(one):
            yield from _inside(part, depth)
    elif isinstance(one, Dictionary | Stream):
        yield one
        for key in list(one.keys()):
            inner = one.get(key)
            if key in _TABLES and isinstance(inner, Dictionary):
                for entry in list(inner.keys()):
                    yield from _inside(inner.get(entry), depth)
            else:
                yield from _inside(inner, depth)


def _inside(inner: object, depth: int) -> Iterator[Object]:
    if isinstance(inner, Array | Dictionary) and not inner.objgen[0]:
        yield from _all_in(inner, depth + 1)


def _clean_one(one: Object, *, is_table: bool) -> None:
    if isinstance(one, Array):
        _clean_colours(one)
        return
    if is_table:
        return
    for key in list(one.keys()):
        if key in _DROPPED or key.startswith("/PTEX"):
            del one[key]
    _clean_actions(one)
    kind, sort = _name_in(one, "/Type"), _name_in(one, "/Subtype")
    if isinstance(one.get("/Annots"), Array):
        one.Annots = Array(
            [note for note in one.Annots if _name_in(note, "/Subtype") not in _FORBIDDEN_NOTES]
        )
    if sort in _NOTES and "/Rect" in one:
        for key in _OF_NOTES & set(one.keys()):
            del one[key]
    if "/ByteRange" in one or kind in {"/Sig", "/DocTimeStamp"} or "/EF" in one:
        # A signature says who signed, and holds for the bytes as they were.
        _keep(one, frozenset({"/Type"}))
    if kind == "/Filespec":
        _keep(one, frozenset({"/Type"}))
    if _name_in(one, "/FT") == "/Sig" and "/V" in one:
        del one["/V"]
    if kind == "/Page":
        _keep(one, _PAGE_KEPT)
    if isinstance(one, Stream):
        _clean_stream(one, sort)
    for glyph in _streams_in(one.get("/CharProcs")):
        _clean_drawing(glyph)


def _streams_in(table: object) -> list[Stream]:
    if not isinstance(table, Dictionary):
        return []
    return [one for _, one in table.items() if isinstance(one, Stream)]


def _name_in(one: Object, key: str) -> str:
    value = one.get(key) if isinstance(one, Dictionary | Stream) else None
    return str(value) if isinstance(value, Name) else ""


def _clean_actions(one: Object) -> None:
    for key in ("/A", "/OpenAction", "/PA", "/Next"):
        action = one.get(key)
        if key == "/Next" and "/S" not in one:
            # The next heading of an outline.
            continue
        is_many = key == "/Next" and isinstance(action, Array)
        acts = isinstance(action, Dictionary) and _name_in(action, "/S") and not _may_act(action)
        if is_many or acts:
            del one[key]


def _may_act(action: Dictionary) -> bool:
    kind = _name_in(action, "/S")
    if kind == "/URI":
        return str(action.get("/URI", "")).lower().startswith(_PLACES)
    return kind in _ACTIONS_KEPT


def _clean_colours(one: Array) -> None:
    if len(one) == 2 and one[0] == Name.ICCBased and isinstance(one[1], Stream):
        try:
            one[1].write(clean_profile(one[1].read_bytes()))
        except ValueError:
            raise Unfit("inside") from None


def _clean_stream(one: Stream, sort: str) -> None:
    if "/F" in one:
        # Its bytes would lie in another file.
        raise Unfit("inside")
    if sort == "/Image":
        _keep(one, _IMAGE_KEPT)
        _clean_picture(one)
    elif sort == "/Form":
        _keep(one, _FORM_KEPT)
        _clean_drawing(one)
    elif "/PatternType" in one:
        _clean_drawing(one)


def _clean_picture(one: Stream) -> None:
    """A JPEG or JPEG 2000 is a whole file inside; of another picture only its points are here."""
    filters = one.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, Array) else [str(filters)]
    if not names or names[-1] not in {"/DCTDecode", "/JPXDecode"}:
        return
    raw = one.read_raw_bytes()
    try:
        for name in names[:-1]:
            raw = _unpack(name, raw)
        bare = clean_jpeg(raw) if names[-1] == "/DCTDecode" else clean_jpeg_2000(raw)
    except (ValueError, IndexError, zlib.error, struct.error):
        raise Unfit("inside") from None
    parms = one.get("/DecodeParms")
    one.write(
        bare, filter=Name(names[-1]), decode_parms=parms if isinstance(parms, Dictionary) else None
    )


def _unpack(name: str, raw: bytes) -> bytes:
    if name != "/FlateDecode":
        raise ValueError("packed otherwise")
    unpacker = zlib.decompressobj()
    whole = unpacker.decompress(raw, MOST_PICTURE_BYTES)
    if unpacker.unconsumed_tail:
        raise Unfit("unpacked")
    return whole


def _clean_page(page: Page) -> None:
    drawn = page.obj.get("/Contents")
    parts = list(drawn) if isinstance(drawn, Array) else [drawn]
    if any(isinstance(one, Stream) and b"%" in one.read_bytes() for one in parts):
        # A step may begin in one part and end in the next.
        page.contents_coalesce()
        whole = page.obj.get("/Contents")
        if isinstance(whole, Stream):
            _clean_drawing(whole)


def _clean_drawing(one: Stream) -> None:
    """Remarks between the steps of a drawing go."""
    octets = one.read_bytes()
    if b"%" in octets:
        if len(octets) > MOST_DRAWING_BYTES:
            raise Unfit("unpacked")
        one.write(unparse_content_stream(parse_content_stream(one)))


def work(source: int, target: int, media_type: str, mark: str) -> Said:
    with os.fdopen(source, "rb") as coming, os.fdopen(target, "w+b") as going:
        clean(coming, going, mark)
    return {"media_type": media_type}


if __name__ == "__main__":
    serve(work, BROKEN)
