"""What the account's operations take and give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from moviverse.accounts import names, services
from moviverse.accounts.passwords import LONGEST_PASSWORD
from moviverse.accounts.roles import Role
from moviverse.api.serializers import StrictSerializer, TextField
from moviverse.catalog import selectors as catalog

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_TOKEN = 4_096  # characters; ours are far shorter, and a longer one is no token of anybody


class WholeNumberField(serializers.IntegerField):
    """A whole number that was sent as one; text, fractions and truth values are not taken for it."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class PasswordField(TextField):
    """A password, exactly as it was typed."""

    def __init__(self, **told: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=LONGEST_PASSWORD, **told)


class GenresField(serializers.ListField):
    """Names of genres that the catalogue has, each once, in its own spelling."""

    child = TextField(max_length=50)
    default_error_messages = {"unknown": "There is no genre {name}."}

    def to_internal_value(self, data: Any) -> list[str]:
        """Return the genres' names."""
        asked = super().to_internal_value(data)
        if not asked:
            return []
        known = _by_folded_name(catalog.genres().values_list("name", flat=True))
        unknown = [name for name in asked if name.casefold() not in known]
        if unknown:
            self.fail("unknown", name=unknown[0])
        return list(dict.fromkeys(known[name.casefold()] for name in asked))


def _by_folded_name(found: Iterable[str]) -> dict[str, str]:
    return {name.casefold(): name for name in found}


class RegistrationBody(StrictSerializer):
    email = TextField(max_length=names.LONGEST_EMAIL, help_text="Unique in any letter case.")
    username = TextField(
        max_length=names.LONGEST_USERNAME,
        help_text="3 to 50 letters, digits, dots, hyphens and underscores; unique in any case.",
    )
    password = PasswordField(help_text="At least 8 characters, and not a common one.")
    age = WholeNumberField(required=False, allow_null=True, min_value=1, max_value=150)
    gender = TextField(required=False, allow_blank=True, max_length=30)
    preferred_genres = GenresField(required=False, max_length=50)


class LoginBody(StrictSerializer):
    """A password with an e-mail address or a user name."""

    email = TextField(required=False, max_length=names.LONGEST_EMAIL)
    username = TextField(required=False, max_length=names.LONGEST_EMAIL)
    password = PasswordField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the identifier with the password; what an address is, is told by its `@`."""
        if "email" not in attrs and "username" not in attrs:
            said = "Give an email address or a user name."
            raise serializers.ValidationError({"email": [said]})
        identifier = attrs.get("email") or attrs["username"]
        return {"identifier": identifier, "password": attrs["password"]}


class RefreshBody(StrictSerializer):
    refresh = TextField(max_length=LONGEST_TOKEN)


class PasswordChangeBody(StrictSerializer):
    old_password = PasswordField()
    new_password = PasswordField()


class PasswordResetBody(StrictSerializer):
    email = TextField(max_length=names.LONGEST_EMAIL)


class PasswordResetConfirmBody(StrictSerializer):
    uid = TextField(max_length=100, help_text="As the link has it.")
    token = TextField(max_length=200, help_text="As the link has it. Good once.")
    new_password = PasswordField(help_text="At least 8 characters, and not a common one.")


class PasswordBody(StrictSerializer):
    password = PasswordField()


class ProfileBody(StrictSerializer):
    """Any of the profile's fields, by themselves or within `profile`; null takes one back."""

    name = TextField(required=False, allow_blank=True, allow_null=True, max_length=100)
    surname = TextField(required=False, allow_blank=True, allow_null=True, max_length=100)
    age = WholeNumberField(required=False, allow_null=True, min_value=1, max_value=150)
    gender = TextField(required=False, allow_blank=True, allow_null=True, max_length=30)
    locale = TextField(required=False, allow_null=True, max_length=20)
    bio = TextField(required=False, allow_blank=True, allow_null=True, max_length=2_000)
    preferred_genres = GenresField(required=False, allow_null=True, max_length=50)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the valid fields."""
        within = data.get("profile")
        alone = set(data) == {"profile"} and isinstance(within, dict)
        return super().to_internal_value(within if alone else data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the fields, with what stands for nothing in place of null."""
        return {
            name: services.cleared(name) if value is None else value
            for name, value in attrs.items()
        }


class AvatarBody(StrictSerializer):
    file = serializers.FileField(
        allow_empty_file=True,  # refused as no picture, with everything else that is none
        help_text="A JPEG, PNG, WebP or GIF of at most 2 MB and 25 million pixels.",
    )


class ProfileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    surname = serializers.CharField()
    age = serializers.IntegerField(allow_null=True)
    gender = serializers.CharField()
    avatar_url = serializers.CharField()
    locale = serializers.CharField()
    bio = serializers.CharField()
    preferred_genres = serializers.ListField(child=serializers.CharField())


class AccountSerializer(serializers.Serializer[Any]):
    """An account, for its owner alone."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    email = serializers.EmailField()
    date_joined = serializers.DateTimeField()
    is_staff = serializers.BooleanField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=sorted(Role)))
    profile = ProfileSerializer()


class MeSerializer(serializers.Serializer[Any]):
    user = AccountSerializer()


class TokensSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="The same as `access`.")
    access = serializers.CharField(help_text="For `Authorization: Bearer`.")
    refresh = serializers.CharField(help_text="Good once.")


class SignedInSerializer(TokensSerializer):
    message = serializers.CharField()
    user = AccountSerializer()


class MessageSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
