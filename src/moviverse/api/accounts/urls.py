from __future__ import annotations

from django.urls import path

from moviverse.api.accounts import export, views

urlpatterns = [
    path("auth/register/", views.Register.as_view(), name="register"),
    path("auth/login/", views.Login.as_view(), name="login"),
    path("auth/token/refresh/", views.Refresh.as_view(), name="refresh"),
    path("auth/refresh/", views.Refresh.as_view()),
    path("auth/logout/", views.Logout.as_view(), name="logout"),
    path("auth/logout/all/", views.LogoutAll.as_view(), name="logout-all"),
    path("auth/me/", views.Me.as_view(), name="me"),
    path("auth/me/export/", export.Export.as_view(), name="personal-export"),
    path("auth/me/avatar/", views.Avatar.as_view(), name="avatar"),
    path("auth/user/", views.Me.as_view()),
    path("profile/", views.Me.as_view()),
    path("auth/password-reset/", views.PasswordReset.as_view()),
    path("auth/password-reset/confirm/", views.PasswordResetConfirm.as_view()),
    path("auth/password-change/", views.PasswordChange.as_view(), name="password-change"),
]
