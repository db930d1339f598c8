/**
 * What kinds of files begin with, as hexadecimal digits. The first that fits counts. `efbfbd` is U+FFFD, which a file has where it
 * was read as text, and `c2` stands before the bytes of one that was read as Latin-1.
 */
const SIGNATURES: [pattern: RegExp, look: string][] = [
  // The names of a zip archive's first files: `[Content_Types]` or `xl/`.
  [/^504b0304(?:..)*(?:5b436f6e74656e745f54797065735d|786c2f)/, "an Excel file: wanted JSON"],
  [/^504b(?:0304|0506)/, "a zip archive: unpack it first"],
  [/^d0cf11e0/, "an old Excel or Word file: wanted JSON"],
  [/^1f(?:8b|c28b|efbfbd08)/, "gzip data: decompress it first"],
  [/^28b52ffd/, "zstd data: decompress it first"],
  [/^425a683[1-9]314159/, "bzip2 data: decompress it first"],
  [/^fd377a585a00/, "xz data: decompress it first"],
  [/^(?:89|c289|efbfbd)504e470d0a/, "a PNG picture"],
  [/^ffd8ff/, "a JPEG picture"],
  [/^474946383[79]61/, "a GIF picture"],
  [/^52494646.{8}57454250/, "a WebP picture"],
  [/^52494646.{8}57415645|^494433/, "a sound file"],
  [/^255044462d/, "a PDF file"],
  [/^53514c69746520666f726d6174203300/, "an SQLite database"],
  [/^50415231/, "a Parquet file"],
  [/^efbbbfefbbbf/, "UTF-8 text with its byte order mark twice"],
  [/^fffe0000|^0000feff/, "UTF-32 text: wanted UTF-8"],
  [/^(?:fffe|(?:efbfbd){2}(?:(?!00)..00){2})/, "UTF-16 text (little-endian): wanted UTF-8"],
  [/^(?:feff|(?:efbfbd){2}(?:00(?!00)..){2})/, "UTF-16 text (big-endian): wanted UTF-8"],
  [/^(?:(?!00)..000000){2}/, unmarked(32, "little")],
  [/^(?:000000(?!00)..){2}/, unmarked(32, "big")],
  [/^(?:(?!00)..00){2}/, unmarked(16, "little")],
  [/^(?:00(?!00)..){2}/, unmarked(16, "big")],
];

function unmarked(bits: number, end: string): string {
  return `UTF-${bits} text (${end}-endian) without a byte order mark: wanted UTF-8`;
}

/** What bytes look like that are not UTF-8 text; `undefined` if they may be. */
export function lookOfBytes(head: Uint8Array): string | undefined {
  const digits = Array.from(head, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return SIGNATURES.find(([pattern]) => pattern.test(digits))?.[1];
}
