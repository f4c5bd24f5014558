"use strict";

// Our own pages' session may be tried out too: Django asks for its CSRF token in a header.
const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";

SwaggerUIBundle({
  url: document.getElementById("swagger-ui").dataset.schemaUrl,
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: false,
  requestInterceptor: (request) => {
    if (new URL(request.url, location.href).origin === location.origin) {
      request.headers["X-CSRFToken"] = csrfToken();
    }
    return request;
  },
});
