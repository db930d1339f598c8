/** The page's place in the browser's history: moves between windows and agents are entries of their own, and other changes are not. */

export class Places {
  #address = location.hash;

  /** @param onMove called with the address after the reader went back or forward, edited the address, or followed a link */
  constructor(onMove: (hash: string) => void) {
    // Browsers fire it for edited addresses too.
    addEventListener("popstate", () => {
      if (location.hash === this.#address) return;
      this.#address = location.hash;
      onMove(location.hash);
    });
  }

  /** Adds an entry. */
  move(address: string): void {
    if (address === this.#address) return;
    this.#address = address;
    history.pushState(null, "", address);
  }

  /** Changes the present entry. */
  tweak(address: string): void {
    if (address === this.#address) return;
    this.#address = address;
    history.replaceState(null, "", address);
  }
}
