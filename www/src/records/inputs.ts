/** How files and texts come in: from pickers, by drops and by pasting, anywhere on the page. */
import type { Chosen } from "../usage/local.js";

type OnGiven = (files: Chosen[]) => void;

/** Takes what a picker gives. The choice is cleared at once, so that an edited file can be chosen again. */
export function listenToPicker(input: HTMLInputElement, onGiven: OnGiven): void {
  input.addEventListener("change", () => {
    const files = Array.from(input.files ?? [], (file) => ({ name: file.webkitRelativePath || file.name, blob: file }));
    input.value = "";
    onGiven(inOrder(files));
  });
}

/** Takes files and folders that are dropped anywhere on the page. `veil` is shown while they are over it. */
export function listenToDrops(veil: HTMLElement, onGiven: OnGiven): void {
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    // Otherwise the browser would leave the page and open the file.
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  addEventListener("drop", (event) => {
    veil.hidden = true;
    if (!carriesFiles(event)) return;
    event.preventDefault();
    void dropped(event.dataTransfer).then(onGiven);
  });
}

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;

/** Takes what is pasted anywhere but into a field: files, or JSON text. */
export function listenToPasting(onGiven: OnGiven): void {
  addEventListener("paste", (event) => {
    if (event.defaultPrevented || isField(event.target)) return;
    const { clipboardData } = event;
    const files = Array.from(clipboardData?.files ?? [], (file) => ({ name: file.name, blob: file }));
    if (files.length > 0) return onGiven(inOrder(files));
    const text = clipboardData?.getData("text/plain") ?? "";
    if (text.trim() !== "") onGiven([pasted(text)]);
  });
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

export function pasted(text: string): Chosen {
  return { name: "Pasted text", blob: new Blob([text]) };
}

/**
 * The files of a drop, with those in its folders. The entries must be taken before the first pause, because the drop's data is gone
 * afterwards.
 */
function dropped(data: DataTransfer | null): Promise<Chosen[]> {
  const plain = Array.from(data?.files ?? [], (file) => ({ name: file.name, blob: file }));
  const entries = Array.from(data?.items ?? []).flatMap((item) => {
    if (item.kind !== "file") return [];
    return item.webkitGetAsEntry() ?? [];
  });
  // A file that a script made has no entry.
  if (entries.every(({ isFile }) => isFile)) return Promise.resolve(inOrder(plain));
  return Promise.all(entries.map(filesOf)).then((found) => inOrder(found.flat()));
}

/** The files of an entry. Those that can't be read are left to the worker, which says so with their names. */
async function filesOf(entry: FileSystemEntry): Promise<Chosen[]> {
  if (isFileEntry(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
    return file === null ? [] : [{ name: entry.fullPath.replace(/^\//, ""), blob: file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Chosen[] = [];
  for (;;) {
    // A reader gives at most a hundred entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) return found;
    found.push(...(await Promise.all(some.map(filesOf))).flat());
  }
}

const isFileEntry = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

/** The files by their names, numbers in them by value, so that pages of a list follow each other. Hidden files are left out. */
export function inOrder(files: Chosen[]): Chosen[] {
  const { compare } = new Intl.Collator("en", { numeric: true });
  const isHidden = ({ name }: Chosen) => name.split("/").some((part) => part.startsWith("."));
  return files.filter((file) => !isHidden(file)).sort((a, b) => compare(a.name, b.name));
}
