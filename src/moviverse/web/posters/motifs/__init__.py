"""Which geometric ideas stand for which genre."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse.web.posters.motifs import day, distance, night

if TYPE_CHECKING:
    from collections.abc import Callable

    from moviverse.web.posters.chance import Chance
    from moviverse.web.posters.palettes import Palette

    Motif = Callable[[Chance, Palette], str]

# In the order of how much a genre says about a film: hardly any is not also a drama.
MOTIFS: dict[str, tuple[Motif, ...]] = {
    "Western": (distance.table_mountain,),
    "Horror": (night.eye, night.claws, night.house),
    "Animation": (day.bounce, day.hills),
    "Documentary": (distance.lens,),
    "War": (night.chevrons,),
    "Science Fiction": (distance.planet, distance.sunset_grid),
    "Music": (day.record,),
    "Fantasy": (day.moonlight,),
    "Crime": (night.blind, night.city, night.trace),
    "Mystery": (night.keyhole,),
    "History": (distance.arcade,),
    "Romance": (distance.heart, distance.rings),
    "Thriller": (night.maelstrom,),
    "Adventure": (day.mountains,),
    "Action": (day.burst,),
    "Comedy": (day.half_discs, day.smile),
    "Family": (day.rainbow,),
    "TV Movie": (distance.screen,),
    "Drama": (distance.meeting, distance.doorway, distance.horizon),
}
PLAIN: tuple[Motif, ...] = (distance.quilt,)
