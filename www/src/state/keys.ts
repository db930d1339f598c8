/** Arrow keys move between periods, wherever they have no other meaning. */

/** What uses arrow keys itself. */
const OWN_KEYS =
  "input:not([type=checkbox], [type=file], [type=button]), select, textarea, [contenteditable], [role=slider], [role=grid], " +
  "[role=combobox], [role=listbox], [role=radiogroup], dialog, .scroll";

/** Calls `onMove` with -1 for the previous period and with 1 for the next one. */
export function listenForKeys(onMove: (by: -1 | 1) => void): void {
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    if (target instanceof Element && target.closest(OWN_KEYS) !== null) return;
    event.preventDefault();
    onMove(key === "ArrowLeft" ? -1 : 1);
  });
}
