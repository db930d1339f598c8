// Import this module before the package. The garbage collector then frees no memory of the module, so a test can see a leak.

globalThis.FinalizationRegistry = class {
  register() {}
  unregister() {}
};
