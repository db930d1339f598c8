//! `npm run contract`: writes the files that are generated from `src/`. `npm test` fails while a file differs from what this
//! would write.

#[cfg(not(target_arch = "wasm32"))]
mod documents;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::io::Result<()> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in documents::all() {
        std::fs::write(root.join(path), text)?;
        println!("{path}");
    }
    Ok(())
}

/// `cargo test` and wasm-pack compile this example for WebAssembly too, where the contract has no descriptions to write.
#[cfg(target_arch = "wasm32")]
fn main() {}
