from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The ground, what is read on it, and three colours of the motif, as `#rrggbb`."""

    ground: str
    ink: str
    strong: str
    soft: str
    deep: str


# Inks are legible on their ground (4.5:1 at least). Several a genre, so that a shelf of one genre
# is not a row of twins.
PALETTES: dict[str, tuple[Palette, ...]] = {
    "Action": (
        Palette("#1b1512", "#fff1e0", "#ff5b2e", "#ffb23f", "#7a2414"),
        Palette("#f4b630", "#1d1408", "#c8321c", "#fff0c2", "#5a1d10"),
        Palette("#b3261a", "#fff3e6", "#ffc145", "#ff8a5c", "#5c0f0b"),
    ),
    "Adventure": (
        Palette("#f1e3c6", "#1f3330", "#1f6f64", "#e8a33d", "#123c3a"),
        Palette("#0f4c4a", "#f8ecd0", "#f2b84b", "#5fa38d", "#08302f"),
        Palette("#e8c994", "#3a2313", "#b5532a", "#f6e7c8", "#6a3216"),
    ),
    "Animation": (
        Palette("#ffe9d6", "#2b2350", "#ff6f61", "#5b8def", "#ffc94d"),
        Palette("#3b2f8f", "#fff6e5", "#ffcf4a", "#ff7b8a", "#6fd3c7"),
        Palette("#bfe6e2", "#1d3346", "#f2695c", "#fff3d1", "#2f7f93"),
    ),
    "Comedy": (
        Palette("#ffd84d", "#2a1c09", "#ef5b3c", "#fff6d6", "#2d6b8f"),
        Palette("#f7f0e3", "#2b2118", "#f0803c", "#ffd166", "#2f7d6d"),
        Palette("#f58f7c", "#2d1210", "#fff0dd", "#ffd45e", "#8c2f39"),
    ),
    "Crime": (
        Palette("#15171c", "#f2ece0", "#c8a24a", "#4b5563", "#8e1f24"),
        Palette("#e6dfd0", "#17181c", "#17181c", "#a9342c", "#8d8574"),
        Palette("#202733", "#f0ead9", "#e0533d", "#55637a", "#10141b"),
    ),
    "Documentary": (
        Palette("#e9e6df", "#20262b", "#20262b", "#d5582f", "#9aa39d"),
        Palette("#22343a", "#eef0e8", "#e9b44c", "#6b8f91", "#142024"),
        Palette("#d9dccb", "#23301f", "#3f6b3a", "#f4f1e1", "#8a9a6d"),
    ),
    "Drama": (
        Palette("#efe7dc", "#2a2330", "#6d3b5e", "#d98f6a", "#2f2a44"),
        Palette("#2a2438", "#f5eadf", "#d97757", "#7b6690", "#17131f"),
        Palette("#d7ddd8", "#1f2b33", "#2f5d73", "#e6a98c", "#8aa2a5"),
        Palette("#4a2b34", "#fbeee2", "#e8b07a", "#93565f", "#2b161c"),
    ),
    "Family": (
        Palette("#fff0cf", "#24364b", "#f26b4e", "#ffbf47", "#3d8fb5"),
        Palette("#9fd8e8", "#14324a", "#ff7a59", "#fff4d0", "#2f7fa6"),
        Palette("#2f6f5e", "#fff5df", "#ffca5c", "#f08a5d", "#1b4a3f"),
    ),
    "Fantasy": (
        Palette("#1e1b4b", "#f3edff", "#c4a1ff", "#5e4bb5", "#f4d06f"),
        Palette("#10393f", "#ecfaf2", "#7fe0b8", "#2b7a78", "#f2c572"),
        Palette("#efe3f7", "#2f1a47", "#7b3fa0", "#f0b5c8", "#402060"),
    ),
    "History": (
        Palette("#e7d7b8", "#33231a", "#8b3a2b", "#c79a4b", "#59422c"),
        Palette("#4a1f1f", "#f7e8cf", "#d6a24c", "#8c4a3a", "#2c1011"),
        Palette("#2c3b36", "#f0e9d2", "#c9a35b", "#617a6d", "#182420"),
    ),
    "Horror": (
        Palette("#0d0b0d", "#f3e9e4", "#c1121f", "#3a1418", "#6b0f16"),
        Palette("#8f0f18", "#fff0ea", "#0d0a0b", "#d8434a", "#3d060b"),
        Palette("#10201a", "#e5f2dc", "#9fd356", "#29503b", "#060d0a"),
    ),
    "Music": (
        Palette("#14213d", "#fdf0d5", "#fca311", "#e5383b", "#3f5f9e"),
        Palette("#f3d9e1", "#33152b", "#c2185b", "#ff9f6b", "#5a1e4a"),
        Palette("#2b1140", "#fdeffb", "#ff5fa2", "#7a4df0", "#ffc857"),
    ),
    "Mystery": (
        Palette("#1d2b3a", "#eaf0ef", "#7fb3b8", "#34506a", "#e0b252"),
        Palette("#e2e0d4", "#1c2a33", "#24424f", "#b98b3e", "#8aa0a0"),
        Palette("#2d2340", "#f1ebf6", "#b58edb", "#54427a", "#e7c160"),
    ),
    "Romance": (
        Palette("#fbe0dc", "#4a1526", "#d6455d", "#f59e8b", "#8c1f3f"),
        Palette("#7a1f3d", "#ffeee6", "#ff8f85", "#c2445f", "#4b0f26"),
        Palette("#f6e6d8", "#3f1f35", "#b8476b", "#f2b08c", "#5f3a66"),
    ),
    "Science Fiction": (
        Palette("#0b1026", "#e9f1ff", "#5ad1e6", "#31418f", "#ff7a59"),
        Palette("#e4e7ec", "#101b2d", "#f05d3b", "#9fb2c8", "#1d3557"),
        Palette("#1a0f2e", "#f4ecff", "#ff4fa3", "#5636a8", "#3be0d0"),
    ),
    "TV Movie": (
        Palette("#dfe7e3", "#1f2c2d", "#2f7f79", "#f0b04f", "#8fb0a9"),
        Palette("#27333f", "#f1f2ea", "#f28f5b", "#5f7b8c", "#161e26"),
    ),
    "Thriller": (
        Palette("#e4572e", "#1a0d08", "#1a0d08", "#ffd9a8", "#8c2c13"),
        Palette("#131a22", "#eef3f2", "#e5c04a", "#3b5363", "#0a0e12"),
        Palette("#1f3d4d", "#f4efe3", "#f07f4f", "#4f7f92", "#10242e"),
    ),
    "War": (
        Palette("#4a4f36", "#f3efdc", "#d9b44a", "#7b8259", "#282c1c"),
        Palette("#dcd3bb", "#2a2a20", "#a33b28", "#8f8a6b", "#3f4030"),
        Palette("#2b2622", "#f3e7d3", "#d1603d", "#6b5b4b", "#151210"),
    ),
    "Western": (
        Palette("#e9a15b", "#35170b", "#a63a1d", "#ffe0ad", "#5f2412"),
        Palette("#5b2416", "#ffe9cc", "#f0a14a", "#a84b2a", "#33120a"),
        Palette("#f3dfb5", "#3c2415", "#c8622d", "#e9b35f", "#6f3a1c"),
    ),
}
# A film of no genre that we know.
PLAIN: tuple[Palette, ...] = (
    Palette("#26262b", "#f4f1ea", "#e0674a", "#63636e", "#141417"),
    Palette("#e8e4da", "#26262b", "#b5482f", "#b9b2a3", "#4a4a52"),
)
