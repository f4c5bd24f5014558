"""People in the Django admin: deactivate, make staff, give roles, set a password, delete.

Nobody is made or renamed here: people register themselves, and the command line makes
administrators, so that one place knows what a name may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db import transaction
from django.utils import timezone
from unfold.admin import ModelAdmin  # type: ignore[import-untyped]  # the library has no types
from unfold.forms import (  # type: ignore[import-untyped]  # the same
    AdminPasswordChangeForm,
    UserChangeForm,
)

from moviverse.accounts import letters, services, tokens
from moviverse.accounts.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms import ModelForm
    from django.http import HttpRequest

SWITCHES = ("is_active", "is_staff", "is_superuser")


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[misc]  # untyped base
    """Sets somebody's password, and lets them know."""

    @transaction.atomic
    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        user: User = super().save(commit=commit)
        letters.enqueue(kind=letters.Kind.CHANGE_NOTICE, user_id=user.pk, now=timezone.now())
        return user


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg, misc]  # not generic at run time; untyped base
    form = UserChangeForm
    change_password_form = PasswordForm
    list_display = ("username", "email", *SWITCHES, "date_joined", "last_login")
    list_filter = (*SWITCHES, "groups")
    search_fields = ("username", "email")
    ordering = ("-date_joined",)
    date_hierarchy = "date_joined"
    readonly_fields = ("username", "email", "date_joined", "last_login")
    fieldsets: ClassVar = (
        (None, {"fields": ("username", "email", "password")}),
        ("What they may do", {"fields": (*SWITCHES, "groups", "user_permissions")}),
        ("When", {"fields": ("date_joined", "last_login")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: User,
        form: ModelForm[User],
        change: bool,  # noqa: ARG002, FBT001 - Django's signature
    ) -> None:
        # Only what the page edits: the row was read a while ago, and its stamp may be old by now.
        obj.save(update_fields=SWITCHES)
        if "is_active" in form.changed_data:
            tokens.revoke_all(user=obj)

    def delete_model(self, request: HttpRequest, obj: User) -> None:  # noqa: ARG002 - Django's signature
        services.erase(user=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:  # noqa: ARG002 - Django's signature
        for user in queryset:
            services.erase(user=user)
