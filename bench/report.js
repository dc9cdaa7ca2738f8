/** @file What is said about a run of the benchmark beside its times. */
import os from "node:os";

/**
 * @typedef {{ id: string, group: string, computes: string, work: import("./cases/case.js").Work,
 *   cells: Record<string, import("./measure.js").Cell>, error?: string }} Row
 * @typedef {{ date: string, cpu: string, cores: number, node: string, v8: string, peers: Record<string, string> }} Machine
 * @typedef {Machine & { rows: readonly Row[] }} Report
 */

/** @param {readonly import("./sides.js").Side[]} sides @returns {Machine} */
export const machine = (sides) => ({
  date: new Date().toISOString().slice(0, 10),
  cpu: os.cpus()[0]?.model.trim() ?? "unknown processor",
  cores: os.cpus().length,
  node: process.versions.node,
  v8: process.versions.v8,
  peers: Object.fromEntries(sides.map(({ key, name }) => [key, name])),
});
