//! Writes the glue of a module, as `wasm-bindgen INPUT --out-dir FOLDER --out-name NAME --target web --omit-default-module-path` does.

use std::env;

use wasm_bindgen_cli_support::Bindgen;

// An error that `main` returns is printed with its causes, and exits with 1.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = env::args().skip(1).collect::<Vec<_>>();
    let [input, folder, name] = args.as_slice() else {
        return Err(format!("got {} arguments, wanted: INPUT FOLDER NAME", args.len()).into());
    };
    // The target `web` makes glue that receives the module, so one build serves every runtime. The glue's default URL of the module
    // is left out, because bundlers would follow it and pack the module twice. The command writes types by default, the library does not.
    Bindgen::new()
        .web(true)?
        .omit_default_module_path(true)
        .typescript(true)
        .input_path(input)
        .out_name(name)
        .generate(folder)?;
    Ok(())
}
