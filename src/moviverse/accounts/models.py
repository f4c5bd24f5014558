from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from moviverse.accounts.managers import UserManager


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. E-mail and name are stored normalised (NFKC)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    username = models.CharField(max_length=50)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Raised by a changed password, a deactivation or "log out everywhere": every token carries it.
    session_stamp = models.PositiveIntegerField(default=1)
    date_joined = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="an_email_belongs_to_one_user"),
            models.UniqueConstraint(Lower("username"), name="a_username_belongs_to_one_user"),
        ]

    def __str__(self) -> str:
        return self.username


class Profile(models.Model):
    """What a person tells about themself; all of it is optional."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="profile"
    )
    name = models.CharField(max_length=100, blank=True)
    surname = models.CharField(max_length=100, blank=True)
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    gender = models.CharField(max_length=30, blank=True)
    avatar_url = models.CharField(max_length=300, blank=True)
    locale = models.CharField(max_length=20, default="en")
    bio = models.TextField(max_length=2000, blank=True)
    preferred_genres = ArrayField(models.CharField(max_length=50), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(age__isnull=True) | Q(age__range=(1, 150)),
                name="an_age_is_between_1_and_150",
            ),
        ]

    def __str__(self) -> str:
        return f"profile of {self.user_id}"


class RefreshToken(models.Model):
    """One refresh token of a family; a family begins at a login and rotates at each use."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # the `jti` claim
    family = models.UUIDField(db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="refresh_tokens"
    )
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)  # rotated: a second use is theft
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.id} of {self.user_id}"
