/** An error of the contract. `code` is as in `UsageError`; `path` is a JSON Pointer, if one applies. */
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
