"""Every part of a Word template that can hold text is filled in, refused or left out."""

from datetime import date

import pytest
from docx import Document

from tasks.documents.word import fill
from tasks.documents.word_check import BadTemplate, check_template
from tasks.documents.word_package import package_faults
from tests.word import changed, example, parts_of, saved, saved_parts, with_part, with_tied_part, word

KIND = "contract_network"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TIE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OF = "application/vnd.openxmlformats-officedocument.wordprocessingml"
AUTHOR = 'w:id="1" w:author="Anna Hansen" w:date="2023-05-01T10:00:00Z"'


def faults(content: bytes) -> str:
    with pytest.raises(BadTemplate) as refused:
        check_template(content, KIND)
    return str(refused.value)


def filled(content: bytes) -> dict[str, bytes]:
    check_template(content, KIND)
    return parts_of(fill(content, example(KIND, "Kjær"), language="da", on=date(2024, 3, 1)))


def run(text: str, tag: str = "t") -> str:
    return f"<w:r><w:{tag}>{text}</w:{tag}></w:r>"


@pytest.mark.parametrize(
    "change",
    [
        f"<w:del {AUTHOR}>{run('hemmelig', 'delText')}</w:del>",
        f"<w:ins {AUTHOR}>{run('nyt')}</w:ins>",
        f"<w:moveFrom {AUTHOR}>{run('flyttet')}</w:moveFrom>",
        f"<w:moveTo {AUTHOR}>{run('flyttet')}</w:moveTo>",
        f"<w:r><w:rPr><w:b/><w:rPrChange {AUTHOR}><w:rPr/></w:rPrChange></w:rPr><w:t>fed</w:t></w:r>",
        run("glemt", "delText"),
        f"<w:moveFromRangeStart {AUTHOR} w:name='move1'/>",
        f"<w:r><w:rPr><w:del {AUTHOR}/></w:rPr></w:r>",
    ],
)
@pytest.mark.parametrize("where", ["word/document.xml", "word/header1.xml", "word/footer1.xml"])
def test_tracked_changes_are_refused_until_they_are_accepted(change: str, where: str) -> None:
    content = word("Kære {{ family_name }}", header="Randers", footer="Side")
    assert "accept or reject all changes" in faults(changed(content, where, "</w:p>", f"{change}</w:p>"))


@pytest.mark.parametrize("change", ["pPrChange", "sectPrChange", "tblPrChange", "numberingChange", "cellDel"])
def test_a_change_of_looks_has_an_author_too(change: str) -> None:
    content = changed(word("x"), "word/document.xml", "</w:p>", f"<w:{change} {AUTHOR}/></w:p>")
    assert "accept or reject all changes" in faults(content)


def hiding(how: str) -> bytes:
    secret = f"<w:r><w:rPr>{how}</w:rPr><w:t>hemmelig</w:t></w:r></w:p>"
    return changed(word("x"), "word/document.xml", "</w:p>", secret)


def test_hidden_text_is_refused_as_every_reader_can_bring_it_to_light() -> None:
    said = faults(hiding("<w:vanish/>"))
    assert "it has hidden text" in said
    assert "hemmelig" not in said
    assert list(package_faults(hiding('<w:vanish w:val="0"/>'))) == []


def test_no_word_and_no_name_of_a_change_is_repeated() -> None:
    change = f"<w:del {AUTHOR}>{run('hemmelig', 'delText')}</w:del></w:p>"
    said = faults(changed(word("x"), "word/document.xml", "</w:p>", change))
    assert "Anna" not in said
    assert "hemmelig" not in said


def comments(inside: str) -> bytes:
    part = f'<w:comments xmlns:w="{W}">{inside}</w:comments>'.encode()
    return with_tied_part(word("{{ family_name }}"), "word/comments.xml", part, f"{TIE}/comments", f"{OF}.comments+xml")


def test_comments_are_refused_and_their_empty_part_goes_nowhere() -> None:
    comment = f"<w:comment {AUTHOR} w:initials='AH'><w:p>{run('Spørg jura')}</w:p></w:comment>"
    assert "it has comments" in faults(comments(comment))
    assert "word/comments.xml" not in filled(comments(""))


def test_endnotes_and_footnotes_are_filled_in() -> None:
    for kind in ("footnotes", "endnotes"):
        note = f'<w:{kind[:-1]} w:id="2"><w:p>{run("Se {{ family_")}{run("name }}")}</w:p></w:{kind[:-1]}>'
        part = f'<w:{kind} xmlns:w="{W}">{note}</w:{kind}>'.encode()
        content = with_tied_part(word("x"), f"word/{kind}.xml", part, f"{TIE}/{kind}", f"{OF}.{kind}+xml")
        assert b"Kj\xc3\xa6r" in filled(content)[f"word/{kind}.xml"]
        wrong = with_part(content, f"word/{kind}.xml", part.replace(b"family_", b"familie_"))
        assert "unknown field familie_name" in faults(wrong)


CHART = (
    '<c:chart xmlns:c="urn:c" xmlns:a="urn:a"><a:p><a:r><a:t>{{ fam</a:t></a:r><a:r><a:t>ily_name }}</a:t></a:r></a:p>'
    "</c:chart>"
)
GLOSSARY = f'<w:glossaryDocument xmlns:w="{W}"><w:p>{run("{{ family_name }}")}</w:p></w:glossaryDocument>'
NUMBERS = f'<w:numbering xmlns:w="{W}"><w:lvlText w:val="{{{{ family_name }}}} %1"/></w:numbering>'


@pytest.mark.parametrize(
    ("name", "part", "kind"),
    [
        ("word/charts/chart1.xml", CHART, "chart"),
        ("word/diagrams/data1.xml", CHART, "diagramData"),
        ("word/diagrams/drawing1.xml", CHART, "diagramDrawing"),
        ("word/numbering2.xml", NUMBERS, "numbering"),
        ("word/glossary/document.xml", GLOSSARY, "glossaryDocument"),
        ("customXml/item1.xml", "<data><name/>{% if law %}</data>", "customXml"),
        ("docProps/custom.xml", "<Properties><p>{ { family_name } }</p></Properties>", "custom-properties"),
    ],
)
def test_a_field_in_a_part_that_isnt_filled_in_is_refused_by_part(name: str, part: str, kind: str) -> None:
    content = with_tied_part(word("x"), name, part.encode(), f"{TIE}/{kind}", "application/xml")
    assert name in faults(content)


def test_a_field_in_the_address_of_a_link_is_refused() -> None:
    for address in ("https://randers.example/%7B%7B%20case%20%7D%7D", "https://randers.example/{{ case }}"):
        tie = f'<Relationship Id="rIdLink" Type="{TIE}/hyperlink" Target="{address}" TargetMode="External"/>'
        content = changed(word("x"), "word/_rels/document.xml.rels", "</Relationships>", f"{tie}</Relationships>")
        assert "word/_rels/document.xml.rels" in faults(content)


def test_a_variable_of_the_document_with_a_field_is_refused() -> None:
    variables = '<w:docVars><w:docVar w:name="a" w:val="{{ family_name }}"/></w:docVars></w:settings>'
    assert "word/settings.xml" in faults(changed(word("x"), "word/settings.xml", "</w:settings>", variables))


def test_a_control_that_shows_other_data_of_the_file_is_refused() -> None:
    bound = (
        '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/x" w:storeItemID="{1}"/></w:sdtPr>'
        f"<w:sdtContent>{run('{{ family_name }}')}</w:sdtContent></w:sdt></w:p>"
    )
    assert "dataBinding" in faults(changed(word("x"), "word/document.xml", "</w:p>", bound))


def test_nothing_that_says_who_wrote_the_template_goes_along() -> None:
    person = b'<w15:people xmlns:w15="urn:p"><w15:person w15:author="Anna Hansen"/></w15:people>'
    content = with_tied_part(word("x"), "word/people.xml", person, f"{TIE}/people", "application/xml")
    content = with_tied_part(
        content, "word/glossary/document.xml", GLOSSARY.replace("{{ family_name }}", "Anna Hansen").encode(),
        f"{TIE}/glossaryDocument", "application/xml",
    )  # fmt: skip
    content = changed(content, "docProps/app.xml", "</Properties>", "<Manager>Anna Hansen</Manager></Properties>")
    parts = filled(content)
    assert [name for name, part in parts.items() if b"Anna" in part] == []
    assert b"people" not in parts["[Content_Types].xml"]


def test_text_without_a_field_may_stand_in_a_chart() -> None:
    part = CHART.replace("{{ fam", "Ran").replace("ily_name }}", "ders").encode()
    content = with_tied_part(word("x"), "word/charts/chart1.xml", part, f"{TIE}/chart", "application/xml")
    assert b"Ran" in filled(content)["word/charts/chart1.xml"]


def test_the_text_is_found_by_its_relationship_as_words_web_edition_names_it() -> None:
    parts = {
        name.replace("word/document.xml", "word/document2.xml").replace("document.xml.rels", "document2.xml.rels"): part
        for name, part in parts_of(word("Familien {{ family_name }}")).items()
    }
    content = saved_parts(
        {name: part.replace(b"word/document.xml", b"word/document2.xml") for name, part in parts.items()}
    )
    assert "Familien Kjær" in filled(content)["word/document2.xml"].decode()
    wrong = saved_parts({name: part.replace(b"word/document.xml", b"word/document2.xml").replace(b"family_name", b"fam")
                         for name, part in parts.items()})  # fmt: skip
    assert "unknown field fam " in faults(wrong)


def test_text_boxes_and_every_kind_of_header_are_filled_in() -> None:
    made = Document()
    section = made.sections[0]
    section.different_first_page_header_footer = True
    made.settings.odd_and_even_pages_header_footer = True
    section.first_page_header.paragraphs[0].text = "{{ family_name }}"
    section.even_page_footer.paragraphs[0].text = "{{ family_name }}"
    made.add_paragraph("x")
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run('{{ family_name }}')}</w:p></w:txbxContent></w:pict></w:r></w:p>"
    parts = filled(changed(saved(made), "word/document.xml", "</w:p>", box))
    assert sum(part.decode().count("Kjær") for name, part in parts.items() if name.endswith(".xml")) == 3
