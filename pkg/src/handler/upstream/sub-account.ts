import { type Answer, errorAnswer } from "../http/answer.js";

/** The sub-account that the caller asks about; `null` if the caller names none. */
export function subAccountOf(request: Request): string | null {
  return request.headers.get("x-sub-account-id");
}

/**
 * Whether the header can be passed on. The values of a repeated header are joined by `", "`, and a blank is not a visible
 * character.
 */
export function canPassOn(id: string | null): boolean {
  return id === null || /^[\x21-\x7e]{1,128}$/.test(id);
}

/** A refusal. Without the header, the upstream would answer with the numbers of the parent account. */
export function badSubAccount(): Answer {
  const message = "The header X-Sub-Account-Id must be 1 to 128 visible characters of ASCII.";
  const details = [{ field: "X-Sub-Account-Id", message, type: "invalid_header" }];
  return errorAnswer(400, "invalid_header", message, { details });
}
