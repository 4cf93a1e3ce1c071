import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestock.errors import ConfigurationError
from kubestock.secrets.dotenv import read_dotenv


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("K=word", "word"),
        ("K=", ""),
        ("  export K = spaced out  ", "spaced out"),
        ("K=a=b#c", "a=b#c"),
        ("K=word # a comment", "word"),
        ("K=it's", "it's"),
        ("K=' as it is\\n'", " as it is\\n"),
        ('K="two\\nlines \\"quoted\\" \\\\"', 'two\nlines "quoted" \\'),
        ('K="over\ntwo lines" # a comment', "over\ntwo lines"),
        ("K='over\ntwo lines'", "over\ntwo lines"),
        ("# a comment\n\n\nK=word\r\n\n", "word"),
        ("K=$HOME", "$HOME"),
        ("K=Zürich", "Zürich"),
    ],
)
def test_reads_each_form_of_a_value(text: str, value: str) -> None:
    assert read_dotenv("it", text.encode()) == {"K": value.encode()}


def test_reads_every_line() -> None:
    assert read_dotenv("it", b"A=1\ntls.crt='2'\n# C=3\nD=\n") == {"A": b"1", "tls.crt": b"2", "D": b""}


@given(st.text(st.characters(codec="utf-8", exclude_characters="'")))
def test_a_value_in_single_quotes_is_read_literally(value: str) -> None:
    assert read_dotenv("it", f"K='{value}'\n".encode()) == {"K": value.encode()}


@given(st.text())
def test_an_escaped_value_in_double_quotes_is_read_back(value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')

    assert read_dotenv("it", f'K="{escaped}"\n'.encode()) == {"K": value.encode()}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"A=1\ncanary\n", "line 2 is invalid"),
        (b"A='canary\n", "line 1 is invalid: quote it"),
        (b'A=1\n\nB="canary" canary\n', "line 3 is invalid"),
        (b"A=canary\nA=canary\n", "must be unique; the key in line 2 is a duplicate"),
        (b"\xffcanary", "must be valid UTF-8"),
        (b"# canary\n", "must have at least one line"),
    ],
)
def test_refuses_an_invalid_dotenv_file_without_showing_it(content: bytes, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_dotenv("it", content)

    assert "canary" not in str(caught.value)
