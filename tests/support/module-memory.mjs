// The memory of the package's module. Import this file before the package.

const memories = [];

const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...args) {
    super(...args);
    memories.push(this.exports.memory);
  }
};

/** The memory of all instances together, in bytes. */
export const moduleBytes = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
