import stringWidth from "string-width";

/** A text in lines of at most so many columns, if its words are not longer. */
export function wrapped(text: string, width: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    const line = lines[last] ? `${lines[last]} ${word}` : word;
    if (stringWidth(line) <= width) lines[last] = line;
    else lines.push(word);
  }
  return lines.join("\n");
}
