//! `npm run contract`: writes what is made from `src/contract/`. `npm test` fails while it differs from what would be written.

mod documents;

fn main() -> std::io::Result<()> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in documents::all() {
        std::fs::write(root.join(path), text)?;
        println!("{path}");
    }
    Ok(())
}
