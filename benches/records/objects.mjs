// Reads records from objects that already exist.

export function objects(bytes) {
  const records = JSON.parse(new TextDecoder().decode(bytes));
  const ways = {
    "the same objects": (add) => {
      for (const record of records) add(record);
    },
  };
  return { records, ways };
}
