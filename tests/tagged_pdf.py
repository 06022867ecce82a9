"""A PDF with a canary wherever programs and people leave their names in one."""

import io
import zlib
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import ImageCms

from tests.canary import WORD
from tests.tagged_documents import SEEN, picture


@cache
def pdf() -> bytes:
    """Two pages: words, pictures, remarks, a form, attachments, programs, a signature."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(300, 300)).obj
        made.add_blank_page(page_size=(300, 300))
        page.Contents = made.make_stream(
            f"% {WORD}Remark\nBT /F1 12 Tf 20 100 Td ({SEEN} 100%) Tj ET /I0 Do".encode()
        )
        _tell(made)
        _draw(made, page)
        _act(made, page)
        made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue() + _later(out.getvalue())


def _tell(made: Pdf) -> None:
    with made.open_metadata() as said:
        said["dc:creator"] = [f"{WORD}Xmp"]
    made.docinfo["/Author"] = String(f"{WORD}Author ä")
    made.docinfo["/Producer"] = f"{WORD}Producer"
    made.Root.PieceInfo = Dictionary(App=Dictionary(Private=String(f"{WORD}Piece")))
    made.Root.Lang = String("de")
    made.Root["/Collection"] = Dictionary(T=f"{WORD}Collection")
    made.attachments[f"{WORD}.txt"] = f"{WORD}Attachment".encode()
    made.Root.Names.JavaScript = Dictionary(
        Names=["a", made.make_indirect(Dictionary(S=Name.JavaScript, JS=f"{WORD}Script"))]
    )
    with made.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("A heading", 0))
        outline.root.append(pikepdf.OutlineItem("Another heading", 1))


def _draw(made: Pdf, page: pikepdf.Object) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB b".encode("utf-16-be"), WORD.encode("utf-16-be"))
    colours = made.make_stream(profile, N=3)
    jpeg = {"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": 64, "/Height": 48}
    jpeg |= {"/BitsPerComponent": 8, "/ColorSpace": Array([Name.ICCBased, colours])}
    plain = Stream(made, picture("JPEG"), jpeg | {"/Filter": Name.DCTDecode})
    twice = Stream(
        made,
        zlib.compress(picture("JPEG")),
        jpeg | {"/Filter": Array([Name.FlateDecode, Name.DCTDecode])},
    )
    plain.Metadata = made.make_stream(f"<x>{WORD}ImageXmp</x>".encode())
    form = made.make_stream(f"% {WORD}Form\nq Q".encode(), Type=Name.XObject, Subtype=Name.Form)
    form.BBox, form["/PTEX.FileName"] = Array([0, 0, 9, 9]), String(f"/home/{WORD}Tex/a.pdf")
    form.LastModified, form.OPI = String(f"{WORD}Time"), Dictionary(F=String(f"{WORD}Opi"))
    pictures = Dictionary(I0=plain, I1=twice, X0=form)
    page.Resources = Dictionary(Font=Dictionary(F1=made.make_indirect(font)), XObject=pictures)
    page.Thumb = made.make_stream(f"{WORD}Thumb".encode())
    page.VP = Array([Dictionary(Measure=Dictionary(Subtype=Name.GEO, Name=f"{WORD}Geo"))])


def _act(made: Pdf, page: pikepdf.Object) -> None:
    def note(**said: object) -> pikepdf.Object:
        whole = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]))
        for key, value in said.items():
            whole[f"/{key}"] = value
        return made.make_indirect(whole)

    remark = {"T": String(f"{WORD}Commenter"), "RC": String(f"<p>{WORD}Rich</p>")}
    field = note(Subtype=Name.Widget, FT=Name.Tx, T=String("Field"), V=String("A value"))
    signer = Dictionary(Type=Name.Sig, Name=String(f"{WORD}Signer"), Cert=f"{WORD}Cert")
    signed = note(
        Subtype=Name.Widget, FT=Name.Sig, T=String("Signed"), V=made.make_indirect(signer)
    )
    launch = Dictionary(S=Name.Launch, F=String(f"C:/{WORD}Launch.exe"))
    local = Dictionary(S=Name.URI, URI=String(f"file:///home/{WORD}Uri"))
    web = Dictionary(S=Name.URI, URI=String("https://school.example/"))
    film = Dictionary(Type=Name.Filespec, F=String(f"{WORD}Film.mp4"))
    page.Annots = Array(
        [
            note(Subtype=Name.Text, Contents=String("A remark"), **remark),
            note(Subtype=Name.Link, A=launch),
            note(Subtype=Name.Link, A=local),
            note(Subtype=Name.Link, A=web),
            note(Subtype=Name.FileAttachment, FS=film),
            field,
            signed,
        ]
    )
    made.Root.AcroForm = Dictionary(Fields=Array([field, signed]), XFA=String(f"{WORD}Xfa"))
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String(f"{WORD}Open"))
    made.Root.AA = Dictionary(WC=Dictionary(S=Name.JavaScript, JS=String(f"{WORD}Close")))


def _later(first: bytes) -> bytes:
    """A later version of the file, behind the first one: what it replaced is still there."""
    start = first.rindex(b"startxref")
    table = int(first[start + 9 :].split()[0])
    with pikepdf.open(io.BytesIO(first)) as read:
        size, root = int(read.trailer.Size), read.trailer.Root.objgen[0]
    at = len(first)
    added = f"\n{size} 0 obj\n({WORD}Later)\nendobj\n"
    xref = at + len(added)
    return (
        f"{added}xref\n{size} 1\n{at + 1:010d} 00000 n \ntrailer\n<< /Size {size + 1} /Root {root} "
        f"0 R /Prev {table} /Own ({WORD}Trailer) >>\nstartxref\n{xref}\n%%EOF\n% {WORD}End\n"
    ).encode()
