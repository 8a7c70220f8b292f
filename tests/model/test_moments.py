"""Moments as texts that are ordered as the moments are."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from passport.model.moments import written

moments = st.datetimes(timezones=st.just(UTC))


def test_a_moment_is_written_in_utc_and_whole_seconds() -> None:
    summer = timezone(timedelta(hours=2))
    assert written(datetime(2026, 3, 1, 1, 30, 15, 999_999, tzinfo=summer)) == "2026-02-28T23:30:15Z"


@given(moments, moments)
def test_the_texts_are_ordered_as_the_moments_are(one: datetime, other: datetime) -> None:
    assert (written(one) < written(other)) == (one.replace(microsecond=0) < other.replace(microsecond=0))
    assert datetime.fromisoformat(written(one)) == one.replace(microsecond=0)
