/** A fault that the contract names: `code` as in `UsageError`, `path` a JSON Pointer where one applies. */
export class OracleError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} [path]
   */
  constructor(code, message, path) {
    super(`${code}: ${message}`);
    this.name = "OracleError";
    this.code = code;
    this.path = path;
  }
}
