type Child = Node | string;

/** An element of the page's HTML, by its id and kind: a typo fails at once, and loudly. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`No ${kind.name} #${id}`);
  return found;
}

/** Makes an element. Children that are strings become text nodes, so nothing from a file is ever read as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * Untrusted text on a single line of the layout: isolated, so that right-to-left marks in it can't rearrange what
 * stands beside it, and cut, so that a name of a megabyte can't stall the page.
 */
export function untrusted(text: string, limit = 120): HTMLElement {
  return make("bdi", {}, text.length > limit ? `${text.slice(0, limit)}…` : text);
}

/**
 * Adds items a batch at a time, the next at the press of a button: a table of 50,000 rows in one go would freeze the
 * page.
 */
export function appendInBatches<T>(
  parent: HTMLElement,
  items: readonly T[],
  row: (item: T) => Node,
  more: HTMLButtonElement,
  batch = 200,
): void {
  let shown = 0;
  const next = () => {
    parent.append(...items.slice(shown, shown + batch).map(row));
    shown = Math.min(shown + batch, items.length);
    const left = items.length - shown;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(batch, left).toLocaleString("en")} more of ${left.toLocaleString("en")}`;
  };
  more.onclick = next;
  next();
}
