/** @file `npm run bench`: the tutorial's derivatives; `npm run bench -- structure`: how cost grows with size. */
const [first] = process.argv.slice(2);
if (first === "structure") {
  process.argv.splice(2, 1);
  await import("./structure/run.js");
} else await import("./tutorial.js");
