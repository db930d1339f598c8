import { openAsBlob } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { answer } from "./part-worker.mjs";

answer(parentPort, workerData, () => openAsBlob(workerData.path));
