/** @file Benchmarks kept in files beside the notebook, to compare a later run with; and what machine this is. */
import { readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Comparison, type Machine } from "cotangent";

const ENDING = ".benchmark.json";

/** The functions that cells have. */
export interface BenchmarkFiles {
  saveBenchmark(name: string, benchmark: unknown): void;
  loadBenchmark(name: string): Comparison | undefined;
}

/** @param folder of the notebook */
export function benchmarkFiles(folder: string): BenchmarkFiles {
  const fileOf = (from: string, name: unknown): string => {
    if (typeof name !== "string" || !/^[^/\\\0]+$/.test(name)) {
      throw new TypeError(`${from}: expected a name to save under, such as "jacobian", got ${String(name)}.`);
    }
    return path.join(folder, `${name}${ENDING}`);
  };
  return {
    saveBenchmark(name, benchmark) {
      const file = fileOf("saveBenchmark", name);
      if (!(benchmark instanceof Comparison)) {
        throw new TypeError("saveBenchmark: expected what benchmark() or compare() gave, as the second argument.");
      }
      writeFileSync(file, `${JSON.stringify(benchmark)}\n`);
    },
    loadBenchmark(name) {
      const file = fileOf("loadBenchmark", name);
      let text: string;
      try {
        text = readFileSync(file, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
      try {
        return Comparison.from(JSON.parse(text));
      } catch (error) {
        throw new Error(`loadBenchmark: ${path.basename(file)} cannot be read. ${(error as Error).message}`, {
          cause: error,
        });
      }
    },
  };
}

/** For the stamp of measurements. */
export function thisMachine(): Machine {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return {
    cpu: os.cpus()[0]?.model.trim(),
    cores: os.availableParallelism(),
    system: `${os.platform()} ${os.arch()}`,
    runtime: `Node ${process.versions.node}`,
    version: manifest.version,
  };
}
