// Imported before the package: nothing is freed by the garbage collector then, so what nobody frees stays and can be seen.

globalThis.FinalizationRegistry = class {
  register() {}
  unregister() {}
};
