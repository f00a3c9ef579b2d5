"""What happened in a cluster, in a file: recorded from its lists and watches, to be played back by `kubex.testing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.recording.entries import Entry as Entry
    from kubex.recording.entries import Header as Header
    from kubex.recording.entries import RecordedResource as RecordedResource
    from kubex.recording.entries import Recording as Recording
    from kubex.recording.entries import RecordingError as RecordingError
    from kubex.recording.recorder import Recorder as Recorder

_HOMES = {
    "Entry": "kubex.recording.entries",
    "Header": "kubex.recording.entries",
    "RecordedResource": "kubex.recording.entries",
    "Recorder": "kubex.recording.recorder",
    "Recording": "kubex.recording.entries",
    "RecordingError": "kubex.recording.entries",
}

__all__ = ["Entry", "Header", "RecordedResource", "Recorder", "Recording", "RecordingError"]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
