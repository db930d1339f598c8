// The URL of a server that gets a token.

/**
 * Whether a host is this machine, so that a token sent to it by `http` does not cross a network. Names that end in `.localhost`
 * never leave the machine (RFC 6761 §6.3).
 */
export function isLoopback(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}
