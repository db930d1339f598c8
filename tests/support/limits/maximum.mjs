// Writes a maximum into the memory section of a module, as a host that limits memory does.

const PAGE = 65_536;
const MEMORY_SECTION = 5;

/** The module with a maximum of so many bytes, and the size that its memory begins with. */
export function withMaximum(module, bytes) {
  const { start, end, initial } = memorySection(module);
  const pages = Math.max(initial, Math.floor(bytes / PAGE));
  const content = [1, 1, ...leb128(initial), ...leb128(pages)]; // one memory, with a maximum
  const section = [MEMORY_SECTION, ...leb128(content.length), ...content];
  return Uint8Array.from([...module.subarray(0, start), ...section, ...module.subarray(end)]);
}

/** The size that the memory of the module begins with, in bytes. */
export const initialBytes = (module) => memorySection(module).initial * PAGE;

function memorySection(module) {
  let at = 8; // after the magic number and the version
  while (at < module.length) {
    const start = at;
    const id = module[at++];
    const [length, content] = readLeb128(module, at);
    at = content + length;
    if (id !== MEMORY_SECTION) continue;
    const [count, first] = readLeb128(module, content);
    const [initial] = readLeb128(module, first + 1);
    if (count !== 1 || module[first] !== 0) throw new Error("wanted one memory without a maximum");
    return { start, end: at, initial };
  }
  throw new Error("the module has no memory section");
}

function readLeb128(bytes, from) {
  let [value, shift, at] = [0, 0, from];
  for (;;) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    shift += 7;
    if (byte < 128) return [value, at];
  }
}

function leb128(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}
