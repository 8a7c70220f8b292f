from datetime import UTC, datetime, timedelta

from passport.adapters.clock import SystemClock


def test_the_time_is_in_utc():
    before, now, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)
    assert before <= now <= after
