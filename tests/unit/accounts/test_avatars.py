from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from PIL import Image

from moviverse.accounts import avatars, selectors, services
from moviverse.accounts.models import Profile, User
from tests.factories import accounts, pictures

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoCaptureOnCommitCallbacks, Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.AVATARS_DIR = tmp_path / "avatars"
    return tmp_path / "avatars"


def drawn(file: bytes) -> Image.Image:
    image = Image.open(BytesIO(avatars.drawn(BytesIO(file))))
    image.load()
    assert (image.format, image.size) == ("WEBP", (256, 256))
    return image


def reddish(image: Image.Image, at: tuple[int, int]) -> bool:
    pixel = image.convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    return pixel[0] > 200 and pixel[2] < 60


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_of_each_kind_becomes_a_square_of_ours(kind: str) -> None:
    assert reddish(drawn(pictures.picture(kind=kind, colour="red")), (128, 128))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "1"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "P"), ("PNG", "RGBA"), ("PNG", "I;16"),
     ("JPEG", "CMYK"), ("JPEG", "L"), ("WEBP", "RGBA")],
)  # fmt: skip
def test_colours_of_every_kind_are_understood(kind: str, mode: str) -> None:
    drawn(pictures.picture(kind=kind, mode=mode))


def test_sixteen_bits_of_grey_are_not_all_white() -> None:
    image = drawn(pictures.picture(mode="I;16", colour=0x4000))
    assert image.convert("L").getpixel((9, 9)) == pytest.approx(0x40, abs=2)


def test_what_can_be_seen_through_stays_so() -> None:
    image = drawn(pictures.picture(mode="RGBA", colour=(255, 0, 0, 0)))
    assert image.getchannel("A").getextrema() == (0, 0)


def test_the_middle_of_a_long_picture_is_shown() -> None:
    image = Image.new("RGB", (900, 300), "blue")
    image.paste("red", (300, 0, 600, 300))
    shown = drawn(pictures.encoded(image, "PNG"))
    assert all(reddish(shown, at) for at in [(8, 8), (248, 8), (8, 248), (248, 248)])


def test_a_photograph_stands_upright_and_tells_nothing_of_its_place() -> None:
    file = pictures.photograph()
    assert pictures.PLACE.encode() in file
    shown = drawn(file)
    assert reddish(shown, (128, 20))
    assert not reddish(shown, (128, 236))
    assert not shown.getexif()
    assert pictures.PLACE.encode() not in avatars.drawn(BytesIO(file))


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    shown = drawn(pictures.moving())
    assert reddish(shown, (128, 128))
    assert getattr(shown, "n_frames", 1) == 1


def test_what_is_hidden_behind_a_picture_is_left_behind() -> None:
    hidden = b"<script>alert(1)</script>"
    assert hidden not in avatars.drawn(BytesIO(pictures.picture(kind="JPEG") + hidden))


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"text",
        b"\0" * 1_000,
        b"GIF89a",
        b"GIF89a<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x24\0\0\0WEBPVP8 ",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"PK\x03\x04",
        pictures.picture(kind="BMP"),
        pictures.picture(kind="TIFF"),
        pictures.picture(kind="PNG")[:-100],
        pictures.picture(kind="JPEG", size=(900, 900))[:-1_000],
        pictures.picture(kind="PNG").replace(b"IDAT", b"IDAT\xff"),
        pictures.bomb(),
        pictures.bomb(side=10_000),
        pictures.bomb(side=2**31 - 1),
    ],
)
def test_what_is_no_whole_picture_is_refused(file: bytes) -> None:
    with pytest.raises(avatars.InvalidPicture) as refused:
        avatars.drawn(BytesIO(file))
    assert set(refused.value.details) == {"file"}


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(avatars.InvalidPicture, match="not valid") as refused:
        avatars.drawn(BytesIO(pictures.bomb(side=6_000)))
    assert refused.value.details["file"] == ["Send a picture of at most 25,000,000 pixels."]


def test_a_picture_is_kept_under_a_name_that_tells_nothing(folder: Path) -> None:
    owner = uuid.uuid4()
    address = avatars.keep(b"webp", owner=owner)
    name = address.removeprefix("/media/avatars/")
    assert avatars.read(name=name) == b"webp"
    assert str(owner) not in name
    assert owner.hex not in name
    assert [path.name for path in folder.iterdir()] == [name], "no draft is left"


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../secret_key", "..%2fsecret_key", "a.webp", "\0", f"{'0' * 32}.webp",
     f"{'0' * 32}-{'0' * 32}.webp", f"{'0' * 32}-{'0' * 32}.webp\n", f"{'A' * 32}-{'0' * 32}.webp"],
)  # fmt: skip
def test_there_is_no_picture_of_another_name(name: str, folder: Path) -> None:
    folder.mkdir()
    (folder.parent / "secret_key").write_text("secret")
    (folder / "a.webp").write_text("not ours")
    with pytest.raises(avatars.AvatarNotFound):
        avatars.read(name=name)
    avatars.discard(avatars.ADDRESS + name)
    assert (folder.parent / "secret_key").exists()
    assert (folder / "a.webp").exists()


@pytest.mark.django_db
class TestOfAPerson:
    @pytest.fixture
    def ann(self) -> User:
        return accounts.member()

    def set(self, user: User) -> str:
        return services.set_avatar(user=user, file=BytesIO(pictures.picture())).avatar_url

    def test_a_new_picture_takes_the_place_of_the_one_before(
        self, ann: User, folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:  # fmt: skip
        first = self.set(ann)
        with django_capture_on_commit_callbacks() as after:
            second = self.set(ann)
        assert first != second == Profile.objects.get(user=ann).avatar_url
        assert len(list(folder.iterdir())) == 2, "who reads before the commit still sees the first"
        for act in after:
            act()
        assert [path.name for path in folder.iterdir()] == [second.rpartition("/")[2]]

    def test_a_change_that_was_undone_leaves_the_picture(self, ann: User, folder: Path) -> None:
        first = self.set(ann)
        with transaction.atomic():
            services.remove_avatar(user=ann)
            transaction.set_rollback(True)
        assert (folder / first.rpartition("/")[2]).exists()
        assert Profile.objects.get(user=ann).avatar_url == first

    def test_what_a_killed_process_left_behind_is_swept_up(self, ann: User, folder: Path) -> None:
        other = self.set(accounts.member())
        avatars.keep(b"left behind", owner=ann.pk)
        kept = self.set(ann)
        assert {path.name for path in folder.iterdir()} == {
            address.rpartition("/")[2] for address in (kept, other)
        }

    def test_goes_with_the_account_and_no_other_persons_does(
        self, ann: User, folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:  # fmt: skip
        other = self.set(accounts.member())
        self.set(ann)
        avatars.keep(b"left behind", owner=ann.pk)
        with django_capture_on_commit_callbacks(execute=True):
            services.erase(user=ann)
        assert [path.name for path in folder.iterdir()] == [other.rpartition("/")[2]]

    def test_nothing_is_kept_of_somebody_who_has_gone(self, ann: User, folder: Path) -> None:
        services.erase(user=User.objects.get(pk=ann.pk))
        with pytest.raises(selectors.AccountNotFound):
            self.set(ann)
        with pytest.raises(selectors.AccountNotFound):
            services.remove_avatar(user=ann)
        assert not folder.exists()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_pictures_at_once_one_is_left(folder: Path) -> None:
    ann = accounts.member()
    file = pictures.picture()

    def upload(_: int) -> None:
        services.set_avatar(user=ann, file=BytesIO(file))
        connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(upload, range(20)))
    [kept] = folder.iterdir()
    assert Profile.objects.get(user=ann).avatar_url == avatars.ADDRESS + kept.name
