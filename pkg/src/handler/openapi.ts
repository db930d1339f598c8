/** The OpenAPI document of the endpoints. */
export const OPENAPI: object = {};
