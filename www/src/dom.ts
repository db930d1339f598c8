type Child = Node | string;

/** The element of the page's HTML with this id and class. Throws if there is none, so that a typo is found at once. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`No ${kind.name} #${id}`);
  return found;
}

/** Makes an element. Strings become text nodes, so text from a file is never parsed as HTML. */
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

/** Makes an element of a picture, as {@link make} makes one of HTML. */
export function makeSvg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number> = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * Untrusted text for one line of the layout. It is isolated, so that right-to-left marks can't rearrange the text beside it, and cut,
 * so that a name of a megabyte can't block the page.
 */
export function untrusted(text: string, limit = 120): HTMLElement {
  return make("bdi", {}, text.length > limit ? `${text.slice(0, limit)}…` : text);
}

/**
 * Adds the first batch of items, and the next batch at each press of a button. A table of 50,000 rows at once would block the page.
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
