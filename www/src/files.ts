import { byId } from "./dom.js";

export interface Chosen {
  name: string;
  blob: Blob;
}

export interface FileHandlers {
  onRecords(file: Chosen | null): void;
  onAgents(file: Chosen | null): void;
  /** Called if a drop can't be used. */
  onRefused(why: string): void;
}

/** Takes files from two pickers and from drops. A file on the field for agents is the agents; a file anywhere else is the records. */
export function listenForFiles({ onRecords, onAgents, onRefused }: FileHandlers): void {
  pick("records-file", onRecords);
  pick("agents-file", onAgents);
  byId("records-clear", HTMLButtonElement).addEventListener("click", () => onRecords(null));
  byId("agents-clear", HTMLButtonElement).addEventListener("click", () => onAgents(null));

  const veil = byId("drop-veil", HTMLElement);
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;

  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    // Otherwise the browser would leave the page and open the file.
    event.preventDefault();
    veil.hidden = overAgents(event);
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  addEventListener("drop", (event) => {
    veil.hidden = true;
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const files = event.dataTransfer?.files;
    const file = files?.[0];
    if (file === undefined || files === undefined) return;
    if (files.length > 1) onRefused("One file at a time, please: a report is of one file.");
    else if (overAgents(event)) onAgents({ name: file.name, blob: file });
    else onRecords({ name: file.name, blob: file });
  });
}

function pick(id: string, onFile: (file: Chosen) => void): void {
  const input = byId(id, HTMLInputElement);
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    // The choice is cleared at once, so that an edited file can be chosen again.
    if (file !== undefined) onFile({ name: file.name, blob: file });
    input.value = "";
  });
}

function overAgents(event: Event): boolean {
  return event.target instanceof Element && event.target.closest(".directory") !== null;
}
