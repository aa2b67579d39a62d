"use strict";

// Swagger UI on our document; nothing is asked of any other host.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#operations",
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
});
