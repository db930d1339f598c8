/** The module in base64. The build writes `dist/entries/inline-wasm.js`. */
export declare const wasmBase64: string;
