"""No text is on both sides of a fold, nor anything nearly the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from models.language.corpus import doubles, split
from models.language.training import folding, rows
from models.language.training.folding import FOLDS, FoldsInvalid


def test_folds_part_the_corpus_and_keep_twins_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAROGRAPH_SHARED_DATA", str(tmp_path))
    gathered = rows.gathered()
    sides = [folding.parted(gathered, fold) for fold in range(FOLDS)]

    left_out = [row.id for _, out in sides for row in out]
    assert sorted(left_out) == sorted(row.id for row in gathered if row.corpus)
    assert any(row.source == rows.ADDITIONS for row in gathered)
    for learnt, out in sides:
        assert not {split.group(row.id) for row in learnt} & {split.group(row.id) for row in out}


def test_all_folds_together_are_what_any_of_them_leaves_out() -> None:
    gathered = [row for row in rows.gathered() if row.corpus or row.real][:300]
    other = replace(gathered[0], id="g-1", text="grown", source=rows.ADDITIONS)

    learnt, out = folding.parted([*gathered, other], folding.ALL)

    assert (learnt, out) == ([other], gathered)


def test_what_nearly_equals_a_text_of_the_fold_is_not_learnt() -> None:
    gathered = [row for row in rows.gathered() if row.corpus][:400]
    [one, *_] = [row for row in gathered if split.fold(row.id, FOLDS) == 2]
    twin = replace(one, id="r-1", text=one.text.upper() + "!", source="goemotions_sentiment")
    real = replace(one, id=next(f"r-{n}" for n in range(99) if split.fold(f"r-{n}", FOLDS) == 2),
                   text="what people wrote", source="relabelled sad")  # fmt: skip

    learnt, out = folding.parted([*gathered, twin, real], 2)

    assert one in out
    assert real in out
    assert twin not in learnt
    assert twin not in out
    assert not doubles.near([row.text for row in learnt], [row.text for row in out])


def test_what_folds_say_is_read_back_for_the_rows_that_there_are(tmp_path: Path) -> None:
    some = [row for row in rows.gathered() if row.corpus][:6]
    for fold, part in enumerate((some[:2], some[2:])):
        (tmp_path / str(fold)).mkdir()
        logits = {"signals": torch.full((len(part), 8), float(fold))}
        folding.save(tmp_path / str(fold) / folding.FILE, part, logits)

    known, found = folding.load(tmp_path, some, partial=True)

    assert known == some
    assert found["signals"][:, 0].tolist() == [0, 0, 1, 1, 1, 1]
    with pytest.raises(FoldsInvalid, match="1 rows"):
        folding.load(tmp_path, some[1:], partial=True)
    folding.save(tmp_path / folding.FILE, some[:1], {"signals": torch.zeros(1, 8)})
    with pytest.raises(FoldsInvalid, match="same row"):
        folding.load(tmp_path, some, partial=True)
    with pytest.raises(FoldsInvalid, match="no run"):
        folding.load(tmp_path / "none", some, partial=True)


def test_real_rows_are_left_away_where_their_texts_are_not(tmp_path: Path) -> None:
    [one, two, *_] = [row for row in rows.gathered() if row.corpus]
    real = replace(two, id="r-7", source="relabelled sad")
    logits = {"signals": torch.arange(16.0).reshape(2, 8)}
    folding.save(tmp_path / folding.FILE, [real, one], logits)

    assert folding.load(tmp_path, [one, real], partial=True)[0] == [real, one]
    known, found = folding.load(tmp_path, [one, two], partial=True)
    assert known == [one]
    assert found["signals"].tolist() == [[8, 9, 10, 11, 12, 13, 14, 15]]
    with pytest.raises(FoldsInvalid, match="1 rows"):
        folding.load(tmp_path, [one, replace(real, id="r-8")], partial=True)


def test_a_fold_that_no_run_left_out_is_missed_unless_fewer_will_do(tmp_path: Path) -> None:
    corpus = [row for row in rows.gathered() if row.corpus]
    parts = [[row for row in corpus if split.fold(row.id, FOLDS) == n][:2] for n in range(FOLDS)]
    for fold, part in enumerate(parts):
        (tmp_path / str(fold)).mkdir()
        if fold != 3:
            folding.save(tmp_path / str(fold) / folding.FILE, part, {"signals": torch.zeros(2, 8)})

    with pytest.raises(FoldsInvalid, match="left fold 3 out"):
        folding.load(tmp_path, corpus)
    assert len(folding.load(tmp_path, corpus, partial=True)[0]) == 8
    folding.save(tmp_path / "3" / folding.FILE, parts[3], {"signals": torch.zeros(2, 8)})
    assert len(folding.load(tmp_path, corpus)[0]) == 10
