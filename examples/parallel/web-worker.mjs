import { answer } from "./part-worker.mjs";

self.onmessage = ({ data }) => answer(self, data, () => data.blob);
