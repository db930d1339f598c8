// The memory of the package's module. Import this file before the package.

let latest;

const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...args) {
    super(...args);
    latest = this.exports.memory;
  }
};

/** The memory of the latest instance, as an ArrayBuffer. */
export const memory = () => latest.buffer;
