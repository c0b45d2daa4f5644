"""Long texts are cut without loss and averaged by length."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.language import chunks


@given(st.lists(st.integers(0, 3000), max_size=9), st.integers(20, 510))
def test_the_chunks_of_a_text_are_the_text(lengths: list[int], window: int) -> None:
    cut = chunks.cut(lengths, window=window)

    for text, length in enumerate(lengths):
        own = [chunk for chunk in cut if chunk.text == text]
        assert [own[0].start, *(chunk.stop for chunk in own[:-1])] == [c.start for c in own]
        assert (own[0].start, own[-1].stop) == (0, length)
    assert all(chunk.size <= window for chunk in cut)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_the_vector_of_a_text_is_the_mean_over_its_tokens(lengths: list[int]) -> None:
    tokens = [np.arange(length, dtype=np.float32) for length in lengths]
    cut = chunks.cut(lengths, window=7)
    vectors = np.array(
        [[tokens[chunk.text][chunk.start : chunk.stop].mean()] for chunk in cut], np.float32
    )

    joined = chunks.joined(vectors, cut, texts=len(lengths))

    assert np.allclose(joined[:, 0], [one.mean() for one in tokens], atol=1e-4)


def test_an_empty_text_keeps_the_vector_of_its_frame() -> None:
    cut = chunks.cut([0], window=7)

    joined = chunks.joined(np.array([[3.0]], np.float32), cut, texts=1)

    assert joined.tolist() == [[3.0]]
