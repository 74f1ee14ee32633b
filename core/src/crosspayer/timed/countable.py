"""Minutes of a timed line that count towards units."""

from __future__ import annotations

from crosspayer.timed.interval import Interval, Minutes


def countable_minutes(
    minutes: Minutes,
    *,
    device_billed: bool | None,
    aide_minutes: Minutes = None,
    setup_minutes: Minutes = None,
    training_minutes: Minutes = None,
) -> Interval:
    """Minutes of one line that count: without aides and set-up, and beside a device only training.

    - `minutes`: what is recorded as direct one-on-one timed minutes of the line's code. `None`: not known.
    - `aide_minutes`: those among them that are known to be an unskilled aide's.
    - `setup_minutes`: those among them that are known to be set-up, clean-up, rest, waiting or documentation.

      One-on-one time holds neither by its definition, so for these two `None` means that none are recorded
      and nothing is taken out. A caller who has reason to doubt it says so with a range: `UNKNOWN`, or
      `Interval(0, 10)`. No minute belongs to both.
    - `device_billed`: whether a device code that pays for assessing, measuring, fitting and making is billed
      beside the line. `None`: not known, and the result covers both answers.
    - `training_minutes`: those among them that were training. Asked for only beside a device code, and
      then `None` means that the split was not recorded: anything from none to all of the line may have been
      training.

    Where parts contradict the whole the lesser number counts: never below zero, never more than `minutes`
    less what is taken out. So `training_minutes` without `minutes` is only an upper bound.

    Raises ValueError for negative minutes. Source: CMS Pub. 100-04 ch. 5 §20.2 (time that does not count);
    the training-only rule is that of contractors' articles and of the professional association.
    """
    recorded = Interval.of(minutes)
    for part in (aide_minutes, setup_minutes):
        if part is not None:
            recorded = recorded.less(Interval.of(part))
    if device_billed is False:
        return recorded
    training = recorded.least(Interval.of(training_minutes))
    return training if device_billed else recorded.hull(training)
