// Gets a Rust toolchain that can build for wasm32-unknown-unknown. Other files only pass on the environment that `wasmTarget()`
// returns.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { ask, Failed, isRoot, Missing, quietly, step, which } from "./run.mjs";

/** The target in the words of rustc. */
export const TARGET = "wasm32-unknown-unknown";

// Debian builds its browsers with this Rust. Every supported Debian has it, with the source of its standard library.
const DEBIAN_PACKAGES = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "lld-22"];
const DEBIAN_TOOLCHAIN = "web"; // its name in rustup

/** Returns the environment in which cargo builds for this target. Installs the target if it is missing. */
export async function wasmTarget() {
  const settled = present();
  if (settled) return settled;

  if (which("rustup")) {
    const added = await step(`Rust target ${TARGET}: rustup target add`, () =>
      ask("rustup", ["target", "add", TARGET]),
    );
    if (added.ok && canBuild({})) return {};
    console.log("  rustup could not install the target");
  }
  if (existsSync("/etc/debian_version") && which("apt-get") && isRoot()) {
    try {
      await step(`Rust target ${TARGET}: building it from Debian's sources, about a minute and a half`, fromDebian);
    } catch (error) {
      if (!(error instanceof Failed)) throw error; // not every Debian has these packages
    }
    const built = present();
    if (built) return built;
  }
  throw new Missing(
    `The Rust target ${TARGET} is missing. Run \`rustup target add ${TARGET}\` (rustup: https://rustup.rs), then run this again.`,
  );
}

function present() {
  if (canBuild({})) return {};
  const linked = { RUSTUP_TOOLCHAIN: DEBIAN_TOOLCHAIN };
  const known = ask("rustup", ["toolchain", "list"])
    .out.split("\n")
    .some((line) => line.split(" ")[0] === DEBIAN_TOOLCHAIN);
  return known && canBuild(linked) ? linked : undefined;
}

/** Tests the target with a tiny build. The build fails if the library belongs to another compiler or the linker is missing. */
function canBuild(env) {
  const folder = mkdtempSync(join(tmpdir(), "wasm-target-"));
  try {
    const options = [
      "--target",
      TARGET,
      "--crate-type",
      "cdylib",
      "--crate-name",
      "probe",
      "-o",
      join(folder, "probe.wasm"),
      "-",
    ];
    return ask("rustc", options, {
      env,
      cwd: folder,
      input: '#[no_mangle] pub extern fn f() -> usize { String::from("a").len() }',
    }).ok;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fromDebian() {
  await quietly("apt-get", ["update"]);
  const noQuestions = { DEBIAN_FRONTEND: "noninteractive" };
  await quietly("apt-get", ["install", "-y", "--no-install-recommends", ...DEBIAN_PACKAGES], { env: noQuestions });

  const cargoHome = process.env.CARGO_HOME || join(homedir(), ".cargo");
  const folder = mkdtempSync(join(tmpdir(), "wasm-std-"));
  try {
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "src/lib.rs"), "");
    writeFileSync(
      join(folder, "Cargo.toml"),
      '[package]\nname = "std-for-wasm"\nversion = "0.0.0"\nedition = "2021"\n',
    );
    await quietly("/usr/bin/cargo", ["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort,test"], {
      cwd: folder,
      env: {
        PATH: `/usr/bin:${process.env.PATH}`,
        RUSTC: "/usr/bin/rustc",
        RUSTC_BOOTSTRAP: "1", // -Z options on a stable compiler
        // Bitcode, so that later builds can use lto, and panic messages without this machine's folders.
        CARGO_ENCODED_RUSTFLAGS: ["-Cembed-bitcode=yes", `--remap-path-prefix=${cargoHome}=cargo`].join("\x1f"),
        CARGO_TARGET_DIR: join(folder, "target"),
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: "wasm-ld-22",
      },
    });

    const host = /^host: (.*)$/m.exec(ask("/usr/bin/rustc", ["-vV"]).out)[1];
    const linkers = `/usr/lib/rustlib/${host}/bin`;
    mkdirSync(linkers, { recursive: true });
    if (!existsSync(join(linkers, "rust-lld"))) symlinkSync("/usr/bin/lld-22", join(linkers, "rust-lld"));

    // Renamed in one step, so that an incomplete copy is never used.
    const target = `/usr/lib/rustlib/${TARGET}`;
    const built = join(folder, "target", TARGET, "release/deps");
    rmSync(`${target}.new`, { recursive: true, force: true });
    mkdirSync(`${target}.new/lib`, { recursive: true });
    for (const name of readdirSync(built).filter((name) => /^lib.*\.rlib$/.test(name))) {
      copyFileSync(join(built, name), join(`${target}.new/lib`, name));
    }
    rmSync(target, { recursive: true, force: true });
    renameSync(`${target}.new`, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (which("rustup")) await quietly("rustup", ["toolchain", "link", DEBIAN_TOOLCHAIN, "/usr"]);
}
