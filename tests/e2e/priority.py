"""A device has a processor of its own. What stands in for one on this host runs before ordinary work,
where that is permitted."""
import os


def raise_priority():
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(os.sched_get_priority_min(os.SCHED_RR)))
    except PermissionError:
        pass
