// Shows the OpenAPI document of this service; "try it out" uses the sign-in of this browser.
"use strict";

async function show(place) {
  const answer = await fetch(place.dataset.openapi);
  // This Swagger UI reads 3.0 and turns 3.1 away; what we use of 3.1 ("or null") it shows all the same.
  const spec = { ...(await answer.json()), openapi: "3.0.3" };
  SwaggerUIBundle({ domNode: place, spec, deepLinking: true, validatorUrl: null });
}

show(document.getElementById("swagger-ui"));
