/**
 * What the browser keeps of the counts, when the user says so: one entry in IndexedDB. It has the counts and names, and no record.
 *
 * Without a library, because those for IndexedDB make a database when they read, and can't delete it while they hold it open.
 */
import type { Saved } from "../usage/messages.js";
import type { Reading } from "../usage/usage.js";

const [DATABASE, STORE, KEY] = ["usage-by-agent", "kept", "counts"];

/** The form of the entry. Entries of another form are not opened. */
const FORM = 1;

export interface Kept extends Saved {
  form: typeof FORM;
  /** When it was kept, in epoch milliseconds. */
  at: number;
  /** The names of the sources. */
  names: string[];
  /** How the records were read. */
  reading: Reading;
}

/** Keeps counts in place of those that were kept before. */
export async function keep(counts: Omit<Kept, "form">): Promise<void> {
  const database = await opened(true);
  if (database === null) throw new Error("The browser keeps nothing for this page.");
  try {
    const store = database.transaction(STORE, "readwrite").objectStore(STORE);
    await done(store.put({ ...counts, form: FORM }, KEY));
  } finally {
    database.close();
  }
}

/** What is kept: `null` if nothing is, `"other"` if this page can't open it. It leaves no trace where nothing was kept. */
export async function kept(): Promise<Kept | "other" | null> {
  const database = await opened(false).catch(() => null);
  if (database === null) return null;
  try {
    const value = await done(database.transaction(STORE).objectStore(STORE).get(KEY));
    if (value === undefined) return null;
    return isKept(value) ? value : "other";
  } catch {
    return "other";
  } finally {
    database.close();
  }
}

/** Deletes what is kept, with its database. */
export async function forget(): Promise<void> {
  await done(indexedDB.deleteDatabase(DATABASE));
}

/** Opens the database; `null` if there is none and none may be made. */
function opened(mayMake: boolean): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, FORM);
    let isMissing = false;
    request.onupgradeneeded = () => {
      if (mayMake) request.result.createObjectStore(STORE);
      else {
        isMissing = true;
        request.transaction?.abort();
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault();
      if (isMissing) resolve(null);
      else reject(request.error);
    };
    request.onblocked = () => reject(new Error("Another tab holds what is kept."));
  });
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function isKept(value: unknown): value is Kept {
  const { form, at, names, reading, snapshot, agents, numbers } = (value ?? {}) as Partial<Kept>;
  const isReading = typeof reading?.dedupe === "boolean" && "onInvalid" in reading && "naiveTimestamps" in reading;
  const hasLists = Array.isArray(names) && Array.isArray(agents) && Array.isArray(numbers);
  return form === FORM && typeof at === "number" && hasLists && isReading && snapshot instanceof Uint8Array;
}
