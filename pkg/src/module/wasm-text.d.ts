/** The module as text. The build writes `dist/module/wasm-text.js`. */
export declare const text: string;
