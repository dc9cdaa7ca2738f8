/** @file `npm run bench`: the benchmark; `npm run bench -- structure`: how the cost of derivatives grows with size. */
const [first] = process.argv.slice(2);
if (first === "structure") {
  process.argv.splice(2, 1);
  await import("./structure/run.js");
} else await import("./main.js");
