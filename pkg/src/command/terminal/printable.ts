// Text of strangers (names of agents, paths, messages) must not move the cursor, change colours or reorder what a terminal shows.

/**
 * Control characters with escape sequences, the ends of lines and paragraphs, lone surrogates, and the controls of writing
 * directions. The joiners of emoji and of some scripts are no such characters.
 */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu;

/**
 * Text on one line that is harmless on a terminal. ASCII control characters become their pictures (`␛`), other harmful
 * characters `�`.
 */
export function printable(text: string): string {
  return text.replace(HARMFUL, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}

/** JSON text whose strings are harmless on a terminal. It is the JSON of an equal value. */
export function printableJson(json: string): string {
  return json.replace(HARMFUL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
