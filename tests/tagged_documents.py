"""Documents with a canary wherever programs, printers and people leave their names in them.

Written by hand, part by part, as Word, Excel, PowerPoint and LibreOffice write them; `WORD` is
followed by where it stands, and by `Seen` where people are meant to read it.
"""

import io
import zipfile
from functools import cache
from typing import Final

from PIL import Image, PngImagePlugin

from tests import pictures, tagged_films
from tests.canary import WORD

OFFICE: Final = "application/vnd.openxmlformats-officedocument"
TYPES: Final = {
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "pptx": f"{OFFICE}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
SEEN: Final = "Words that people are meant to read"
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EXTERNAL: Final = ' TargetMode="External"'
_W: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_R}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessing'
    'Drawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_X: Final = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    f'xmlns:r="{_R}" xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"'
)
_P: Final = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    f'xmlns:r="{_R}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p188="http://schemas.microsoft.com/office/powerpoint/2018/8/main"'
)
Parts = dict[str, str | bytes]


@cache
def picture(kind: str) -> bytes:
    """A picture with a place and an owner, and something behind its end."""
    image, out = pictures.points(), io.BytesIO()
    tags = Image.Exif()
    tags[0x8298] = f"{WORD}Owner"
    if kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Author", f"{WORD}Png")
        words.add_itxt("XML:com.adobe.xmp", f"<x>{WORD}Xmp</x>", zip=True)
        image.save(out, kind, exif=tags, pnginfo=words)
    elif kind == "GIF":
        image.save(out, kind, comment=f"{WORD}Gif".encode())
    else:
        image.save(out, kind, exif=tags, comment=f"{WORD}Jpeg".encode())
    return out.getvalue() + f"{WORD}Behind".encode()


@cache
def document(kind: str) -> bytes:
    """A document by its ending, one of `TYPES`."""
    parts = {
        "docx": _docx,
        "xlsx": _xlsx,
        "pptx": _pptx,
    }.get(kind, lambda: _open_document(kind))()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, octets in parts.items():
            entry = zipfile.ZipInfo(name, (2024, 5, 5, 12, 34, 56))
            if name != "mimetype":
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.comment = f"{WORD}Entry".encode()
                entry.extra = b"UC" + (12).to_bytes(2, "little") + f"{WORD}Extra "[:12].encode()
            archive.writestr(entry, octets)
        archive.comment = f"{WORD}Archive".encode()
    return out.getvalue()


def changed(kind: str, name: str, octets: bytes | str) -> bytes:
    """A document with one part put in, or in place of its own."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document(kind))) as coming,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as going,
    ):
        for entry in coming.infolist():
            if entry.filename != name:
                going.writestr(entry.filename, coming.read(entry))
        going.writestr(name, octets)
    return out.getvalue()


def _package(main: str, main_type: str, parts: Parts, more: str = "") -> Parts:
    """What every office document has beside its own parts."""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="application/xml"/>'
        for name in parts
        if name.endswith(".xml") and name != main
    )
    return {
        "[Content_Types].xml": f'<?xml version="1.0"?><!-- {WORD}Remark --><Types xmlns="http://'
        'schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
        'Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType='
        '"image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="gif"'
        ' ContentType="image/gif"/><Default Extension="mp4" ContentType="video/mp4"/><Default '
        f'Extension="bin" ContentType="application/octet-stream"/><Override PartName="/{main}" '
        f'ContentType="{OFFICE}.{main_type}+xml"/>{overrides}</Types>',
        "_rels/.rels": _relations(
            ("rId1", "officeDocument", main),
            ("rId2", "metadata/core-properties", "docProps/core.xml"),
            ("rId3", "extended-properties", "docProps/app.xml"),
            ("rId4", "custom-properties", "docProps/custom.xml"),
            ("rId5", "metadata/thumbnail", "docProps/thumbnail.jpeg"),
        ),
        "docProps/core.xml": f"<c><creator>{WORD}Creator</creator><last>{WORD}Last</last></c>",
        "docProps/app.xml": f"<a><Company>{WORD}Company</Company><Base>{WORD}</Base></a>",
        "docProps/custom.xml": f"<c><p name='{WORD}Custom'>{WORD}Value</p></c>",
        "docProps/thumbnail.jpeg": picture("JPEG"),
        "customXml/item1.xml": f"<x>{WORD}CustomXml</x>",
        "docMetadata/LabelInfo.xml": f"<l tenant='{WORD}Tenant'/>",
        "_xmlsignatures/sig1.xml": f"<s>{WORD}Signer</s>",
        **parts,
    }


def _relations(*all_of_them: tuple[str, str, str]) -> str:
    said = "".join(
        f'<Relationship Id="{id_}" Type="{_R}/{kind}" Target="{goal}"'
        f"{_EXTERNAL if ':' in goal else ''}/>"
        for id_, kind, goal in all_of_them
    )
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        f'2006/relationships">{said}</Relationships>'
    )


def _docx() -> Parts:
    body = (
        f'<w:p w:rsidR="00{WORD}" w:rsidRDefault="00AA"><w:r><w:t>{SEEN}</w:t></w:r>'
        f'<w:ins w:id="1" w:author="{WORD}Inserter" w:date="2024-05-05T12:34:56Z"><w:r><w:t>more'
        f'</w:t></w:r></w:ins><w:del w:id="2" w:author="{WORD}Deleter"><w:r><w:delText>less'
        '</w:delText></w:r></w:del><w:commentReference w:id="3"/><w:hyperlink r:id="rId3"><w:r>'
        '<w:t>a link</w:t></w:r></w:hyperlink><w:hyperlink r:id="rId4"><w:r><w:t>a file</w:t>'
        "</w:r></w:hyperlink></w:p><w:p><w:r><w:drawing><wp:inline><wp:extent cx='900000' "
        f"cy='900000'/><wp:docPr id='1' name='P' descr='C:\\Users\\{WORD}User\\a.jpg'/><a:graphic>"
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f"<pic:nvPicPr><pic:cNvPr id='0' name='{WORD}Name.jpg'/><pic:cNvPicPr/></pic:nvPicPr>"
        "<pic:blipFill><a:blip r:embed='rId5'/></pic:blipFill><pic:spPr><a:xfrm><a:off x='0' "
        "y='0'/><a:ext cx='900000' cy='900000'/></a:xfrm><a:prstGeom prst='rect'/></pic:spPr>"
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    parts: Parts = {
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relations(
            ("rId1", "settings", "settings.xml"),
            ("rId2", "comments", "comments.xml"),
            ("rId3", "hyperlink", "https://school.example/"),
            ("rId4", "hyperlink", f"file:///C:/Users/{WORD}Home/x.docx"),
            ("rId5", "image", "media/image1.jpeg"),
            ("rId6", "image", "media/image2.png"),
            ("rId7", "people", "people.xml"),
            ("rId8", "package", "embeddings/sheet.xlsx"),
            ("rId9", "customXml", "../customXml/item1.xml"),
        ),
        "word/settings.xml": f"<w:settings {_W}><w:attachedTemplate r:id='rId1'/><w:rsids><w:rsid "
        f"w:val='00{WORD}Rsid'/></w:rsids><w:docVars><w:docVar w:name='a' w:val='{WORD}Var'/>"
        f"</w:docVars><w15:docId w15:val='{{{WORD}DocId}}'/></w:settings>",
        "word/_rels/settings.xml.rels": _relations(
            ("rId1", "attachedTemplate", f"file:///C:/Users/{WORD}Template/t.dotx")
        ),
        "word/comments.xml": f"<w:comments {_W}><w:comment w:id='3' w:author='{WORD}Commenter' "
        f"w:initials='{WORD}I' w:date='2024-05-05T12:34:56Z'><w:p><w:r><w:t>A remark</w:t></w:r>"
        "</w:p></w:comment></w:comments>",
        "word/people.xml": f"<p author='{WORD}Person'/>",
        "word/media/image1.jpeg": picture("JPEG"),
        "word/media/image2.png": picture("PNG"),
        "word/embeddings/sheet.xlsx": document("xlsx"),
    }
    return _package("word/document.xml", "wordprocessingml.document.main", parts)


def _xlsx() -> Parts:
    parts: Parts = {
        "xl/workbook.xml": f"<workbook {_X}><fileSharing userName='{WORD}Sharer'/><x15ac:absPath "
        f"url='C:\\Users\\{WORD}Path\\'/><sheets><sheet name='Sheet' sheetId='1' r:id='rId1'/>"
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "person", "persons/person.xml"),
        ),
        "xl/worksheets/sheet1.xml": f"<worksheet {_X}><sheetData><row r='1'><c r='A1' "
        f"t='inlineStr'><is><t>{SEEN}</t></is></c></row></sheetData>"
        "<pageSetup r:id='rId1'/></worksheet>",
        "xl/worksheets/_rels/sheet1.xml.rels": _relations(
            ("rId1", "printerSettings", "../printerSettings/printerSettings1.bin"),
            ("rId2", "comments", "../comments1.xml"),
            ("rId3", "threadedComment", "../threadedComments/threadedComment1.xml"),
        ),
        "xl/printerSettings/printerSettings1.bin": f"{WORD}Printer".encode("utf-16-le"),
        "xl/comments1.xml": f"<comments {_X}><authors><author>{WORD}Author</author></authors>"
        f"<commentList><comment ref='A1' authorId='0'><text><r><t>{WORD}Author:</t></r><r><t>\n"
        "A remark</t></r></text></comment></commentList></comments>",
        "xl/persons/person.xml": f"<personList><person displayName='{WORD}Person' id='{{1}}' "
        f"userId='{WORD}Id' providerId='{WORD}Provider'/></personList>",
        "xl/threadedComments/threadedComment1.xml": "<ThreadedComments><threadedComment ref='A1' "
        f"dT='{WORD}Time' personId='{{1}}' id='{{2}}'><text>A thread</text></threadedComment>"
        "</ThreadedComments>",
        "xl/connections.xml": f"<connections {_X}><connection id='1' sourceFile='{WORD}Source' "
        f"odcFile='{WORD}Odc'><dbPr connection='User={WORD}Db'/></connection></connections>",
        "xl/pivotCache/pivotCacheDefinition1.xml": f"<p {_X} refreshedBy='{WORD}Refresher'/>",
        "xl/revisions/userNames.xml": f"<users>{WORD}Users</users>",
    }
    return _package("xl/workbook.xml", "spreadsheetml.sheet.main", parts)


def _pptx() -> Parts:
    parts: Parts = {
        "ppt/presentation.xml": f"<p:presentation {_P}><p:sldIdLst><p:sldId id='256' r:id='rId1'/>"
        "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations(
            ("rId1", "slide", "slides/slide1.xml"),
            ("rId2", "commentAuthors", "commentAuthors.xml"),
            ("rId3", "authors", "authors.xml"),
            ("rId4", "changesInfo", "changesInfos/changesInfo1.xml"),
        ),
        "ppt/slides/slide1.xml": f"<p:sld {_P}><p:cSld><p:spTree><p:sp><p:nvSpPr><p:cNvPr id='2' "
        f"name='T' descr='/home/{WORD}Home/a.png'/></p:nvSpPr><p:txBody><a:p><a:r><a:t>{SEEN}"
        "</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>",
        "ppt/slides/_rels/slide1.xml.rels": _relations(
            ("rId1", "video", "../media/media1.mp4"), ("rId2", "image", "../media/image1.gif")
        ),
        "ppt/commentAuthors.xml": f"<p:cmAuthorLst {_P}><p:cmAuthor id='0' name='{WORD}Commenter' "
        f"initials='{WORD}I' lastIdx='1' clrIdx='0'/></p:cmAuthorLst>",
        "ppt/authors.xml": f"<p188:authorLst {_P}><p188:author id='{{1}}' name='{WORD}Author' "
        f"initials='{WORD}I' userId='{WORD}Id' providerId='{WORD}Provider'/></p188:authorLst>",
        "ppt/tags/tag1.xml": f"<p:tagLst {_P}><p:tag name='A' val='{WORD}Tag'/></p:tagLst>",
        "ppt/changesInfos/changesInfo1.xml": f"<c name='{WORD}Changer'/>",
        "ppt/revisionInfo.xml": f"<r id='{WORD}Revision'/>",
        "ppt/media/media1.mp4": tagged_films.film("h264.mp4"),
        "ppt/media/image1.gif": picture("GIF"),
    }
    return _package("ppt/presentation.xml", "presentationml.presentation.main", parts)


_O: Final = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (
        *(("office", "office"), ("text", "text"), ("meta", "meta"), ("draw", "drawing")),
        *(("table", "table"), ("manifest", "manifest"), ("config", "config")),
    )
) + (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:officeooo="http://openoffice.org/2009/office"'
)


def _open_document(kind: str) -> Parts:
    remark = (
        f"<office:annotation><dc:creator>{WORD}Annotator</dc:creator><dc:date>2024-05-05T12:34:56"
        f"</dc:date><meta:creator-initials>{WORD}I</meta:creator-initials><text:p>A remark</text:p>"
        "</office:annotation>"
    )
    linked = (
        f'<text:a xlink:href="file:///home/{WORD}Home/x.odt">a file</text:a><text:a xlink:href='
        '"https://school.example/">a link</text:a>'
    )
    words = f'<text:p officeooo:rsid="00{WORD}">{SEEN}{remark}{linked}</text:p>'
    shown = (
        f'<draw:frame draw:name="{WORD}.jpg"><draw:image xlink:href="Pictures/1.jpg"/></draw:frame>'
    )
    changed = (
        '<text:tracked-changes><text:changed-region text:id="c"><text:insertion>'
        f"<office:change-info><dc:creator>{WORD}Changer</dc:creator><dc:date>2024-05-05T12:34:56</dc:date>"
        "</office:change-info></text:insertion></text:changed-region></text:tracked-changes>"
    )
    body = {
        "odt": f"<office:text>{changed}{words}<text:p>{shown}</text:p></office:text>",
        "ods": f"<office:spreadsheet><table:table table:name='T'><table:table-row>"
        f"<table:table-cell>{words}</table:table-cell></table:table-row></table:table></office:spreadsheet>",
        "odp": f"<office:presentation><draw:page draw:name='P'>{shown}<draw:frame><draw:text-box>"
        f"{words}</draw:text-box></draw:frame></draw:page></office:presentation>",
    }[kind]
    parts: Parts = {
        "content.xml": f"<?xml version='1.0'?><!-- {WORD}Remark --><office:document-content {_O} "
        f"office:version='1.3'><office:scripts><x>{WORD}Macro</x></office:scripts><office:body>"
        f"{body}</office:body></office:document-content>",
        "styles.xml": f"<office:document-styles {_O} office:version='1.3'/>",
        "meta.xml": f"<office:document-meta {_O}><office:meta><meta:initial-creator>{WORD}Creator"
        f"</meta:initial-creator><dc:title>{WORD}Title</dc:title><meta:template xlink:href="
        f"'{WORD}.ott'/></office:meta></office:document-meta>",
        "settings.xml": f"<s {_O}><config:config-item>{WORD}Printer</config:config-item></s>",
        "Thumbnails/thumbnail.png": picture("PNG"),
        "Pictures/1.jpg": picture("JPEG"),
        "Basic/Standard/Module1.xml": f"<m>{WORD}Basic</m>",
        "Versions/Version1": f"{WORD}Version",
        "META-INF/documentsignatures.xml": f"<s>{WORD}Signer</s>",
    }
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type=""/>'
        for name in ("/", *parts)
    )
    manifest = f"<manifest:manifest {_O}>{entries}</manifest:manifest>"
    return {"mimetype": TYPES[kind], **parts, "META-INF/manifest.xml": manifest}
