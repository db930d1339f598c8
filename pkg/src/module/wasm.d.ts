declare module "*.wasm?module" {
  const module: object;
  export default module;
}
