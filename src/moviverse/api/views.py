"""What every view of the API stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.serializers import Serializer

    from moviverse.api.serializers import QuerySerializer


class LengthRequired(APIException):
    """The body comes in pieces; without its length it would be taken for an empty one."""

    status_code = 411
    default_detail = "Send the length of the body."


Scope = Literal["read", "write", "recommend", "register", "export"]


class ApiView(APIView):
    """A view that counts, authenticates and authorises before it looks at anything else.

    A subclass sets:
        public: anybody may call it. The operation also stands in `PUBLIC_OPERATIONS`.
        publicly_read: anybody may GET it, and its other methods are for members.
        scope: which rate limit counts; by default `read` for safe methods, else `write`.
        max_body_bytes: how large a body it reads; of an upload, how large a file.
    """

    public: ClassVar[bool] = False
    publicly_read: ClassVar[bool] = False
    scope: ClassVar[Scope | None] = None
    max_body_bytes: ClassVar[int] = 1024 * 1024

    def get_permissions(self) -> Any:
        """Return what the caller must fulfil: of what is public, nothing."""
        is_public = self.is_public_for(self.request.method or "")
        return [AllowAny()] if is_public else super().get_permissions()

    @classmethod
    def is_public_for(cls, method: str) -> bool:
        """Say whether anybody may call the view with this method."""
        return cls.public or (cls.publicly_read and method in {"GET", "HEAD"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - DRF's signature
        """Authenticate, count, look for the method, authorise: in this order.

        DRF counts last, which makes guessing at tokens free; here it costs the address.
        """
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(
            request
        )
        request.version, request.versioning_scheme = None, None
        try:
            self.perform_authentication(request)
        finally:
            self.check_throttles(request)
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        if request.method != "OPTIONS":
            self.check_permissions(request)
        if "CONTENT_LENGTH" not in request.META and "HTTP_TRANSFER_ENCODING" in request.META:
            raise LengthRequired

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """Say which methods there are, and nothing else."""
        return Response(status=204)

    def handle_exception(self, exc: Exception) -> Response:
        """Leave the status of an authentication error alone; DRF would turn some into 403."""
        response: Response = self.get_exception_handler()(exc, self.get_exception_handler_context())
        response.exception = True
        return response

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Keep every answer private, unless the handler has said that it is public."""
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        if not final.has_header("Cache-Control"):
            final["Cache-Control"] = "private, no-store"
            patch_vary_headers(final, ["Authorization", "Cookie"])
        return final

    def body(self, serializer_class: type[Serializer[Any]], **context: Any) -> dict[str, Any]:
        """Return what was sent, valid.

        Raises:
            ValidationError: names each field that is not.
        """
        serializer = serializer_class(
            data=self.request.data, context={"request": self.request, **context}
        )
        serializer.is_valid(raise_exception=True)
        valid: dict[str, Any] = serializer.validated_data
        return valid

    def query(self, serializer_class: type[QuerySerializer]) -> dict[str, Any]:
        """Return the query's parameters, valid.

        Raises:
            ValidationError: names each parameter that is not.
        """
        return serializer_class.read(self.request.query_params)
