from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from moviverse.accounts import names
from moviverse.accounts.managers import UserManager

YOUNGEST, OLDEST = 1, 150  # years
MOST_PREFERRED_GENRES = 50
LONGEST_BIO = 2_000  # characters


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account.

    `email` is stored as its key (`names.key`): every spelling of an address is one account.
    `username` is shown as it was typed; `username_key` is what must be unique.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=names.LONGEST_EMAIL)
    username = models.CharField(max_length=names.LONGEST_USERNAME)
    username_key = models.CharField(max_length=names.LONGEST_KEY, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Raised by a changed password, a deactivation or "log out everywhere": every token and every
    # session of the pages carries it, and dies when it no longer agrees.
    session_stamp = models.PositiveIntegerField(default=1, editable=False)
    date_joined = models.DateTimeField(editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username"]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="an_email_belongs_to_one_user"),
            models.UniqueConstraint(fields=["username_key"], name="a_username_belongs_to_one_user"),
        ]

    def __str__(self) -> str:
        return self.username

    def set_password(self, raw_password: str | None) -> None:
        """Set the password and raise the stamp, so that no way of changing it spares a session.

        Django's own forms and commands come through here too.
        """
        super().set_password(raw_password)
        self.session_stamp += 1

    def get_session_auth_hash(self) -> str:
        """Return what a session of the pages must agree with on every request."""
        return salted_hmac(
            "moviverse.accounts.session",
            f"{self.session_stamp}:{self.password}",
            algorithm="sha256",
        ).hexdigest()


class Profile(models.Model):
    """What a person tells about themself; all of it is optional."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="profile"
    )
    name = models.CharField(max_length=100, blank=True)
    surname = models.CharField(max_length=100, blank=True)
    age = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(YOUNGEST), MaxValueValidator(OLDEST)],
    )
    gender = models.CharField(max_length=30, blank=True)
    avatar_url = models.CharField(max_length=300, blank=True)
    locale = models.CharField(
        max_length=20,
        default="en",
        validators=[
            RegexValidator(
                r"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", "Use a language tag such as en or pt-BR."
            )
        ],
    )
    bio = models.TextField(blank=True, validators=[MaxLengthValidator(LONGEST_BIO)])
    preferred_genres = ArrayField(
        models.CharField(max_length=50), default=list, blank=True, size=MOST_PREFERRED_GENRES
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(age__isnull=True) | Q(age__range=(YOUNGEST, OLDEST)),
                name="an_age_is_between_1_and_150",
            ),
        ]

    def __str__(self) -> str:
        return f"profile of {self.user_id}"


class TokenFamily(models.Model):
    """Everything that descends from one login: while the row is there, its tokens live.

    Of its refresh tokens only the `current` one is good; another one that bears our signature was
    rotated away, so somebody copied it, and the row goes. Nothing secret is kept here: a token is
    made of these values and the key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="token_families"
    )
    current = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="token_families_by_end")]
        verbose_name_plural = "token families"

    def __str__(self) -> str:
        return f"tokens of {self.user_id} until {self.expires_at}"


class PageSession(AbstractBaseSession):
    """A session of the pages; of somebody who is not signed in it has no owner."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="page_sessions"
    )

    def __str__(self) -> str:
        return f"session until {self.expire_date}"
