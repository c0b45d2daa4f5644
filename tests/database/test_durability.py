"""What was committed survives a crash of the server, however fast the server was told to be."""

from __future__ import annotations

from sqlalchemy import make_url, text

from services.alerts import database


def test_a_commit_is_on_disk_even_where_the_server_would_not_wait(postgresql: str) -> None:
    hasty = make_url(postgresql).update_query_dict({"options": "-c synchronous_commit=off"})
    patient = make_url(postgresql).update_query_dict({"options": "-c synchronous_commit=local"})
    found = []
    for url in (hasty, patient):
        engine = database.open_engine(url.render_as_string(hide_password=False))
        for _ in range(2):  # the second time from the pool
            with engine.begin() as connection:
                found.append(connection.scalar(text("SHOW synchronous_commit")))
        engine.dispose()

    assert found == ["on", "on", "local", "local"]
