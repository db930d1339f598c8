//! `npm run contract`: writes the files that are generated from `src/`. `npm test` fails while a file differs from what this
//! would write.

mod documents;

fn main() -> std::io::Result<()> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in documents::all() {
        std::fs::write(root.join(path), text)?;
        println!("{path}");
    }
    Ok(())
}
