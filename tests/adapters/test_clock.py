from datetime import UTC, datetime, timedelta

from passport.adapters.clock import SystemClock


def test_the_time_is_in_utc():
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
