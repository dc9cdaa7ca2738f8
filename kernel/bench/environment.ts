/** @file Where times were taken: without it, a time says little. */
import type { Backend } from "../backends/backend.ts";
import { fusedMultiplyAdd } from "../runtime/choose.ts";
import { currentBackend } from "../runtime/evaluate.ts";
import { threads } from "../runtime/threads.ts";

/** What a machine is; what is not known is left out. */
export interface Machine {
  /** Model of the processor. */
  readonly cpu?: string;
  /** Cores, as the operating system counts them. */
  readonly cores?: number;
  /** Operating system and architecture. */
  readonly system?: string;
  /** What runs the code: "Node 24.1.0", a browser's own name. */
  readonly runtime?: string;
  /** Of Cotangent. */
  readonly version?: string;
}

export interface Environment {
  readonly backend: string;
  readonly threads: number;
  readonly fusedMultiplyAdd: boolean;
  /** What computes behind the backend, where that is not the processor of this machine. */
  readonly device?: string;
  readonly machine: Machine;
  /** When, in UTC: "2026-11-23T16:01:39Z". */
  readonly date: string;
}

/** What a page says of itself; the kernel asks no operating system. */
function ofPage(): Machine {
  const { navigator } = globalThis as {
    readonly navigator?: { readonly hardwareConcurrency?: number; readonly userAgent?: string };
  };
  return { cores: navigator?.hardwareConcurrency, runtime: navigator?.userAgent };
}

let describe: () => Machine = ofPage;

/**
 * Says how to find out what machine this is, for the stamp of measurements. Sessions of notebooks have done so.
 * @example describeMachine(() => ({ cpu: "Zilog Z80", cores: 1 }))
 */
export function describeMachine(describing: () => Machine): void {
  describe = describing;
}

/** @param elsewhere what computed, if it is not the backend in use */
export function currentEnvironment(elsewhere?: Backend): Environment {
  const { name, device } = elsewhere ?? currentBackend();
  return {
    backend: name,
    threads: threads(),
    fusedMultiplyAdd: fusedMultiplyAdd(),
    ...(device && { device }),
    machine: describe(),
    date: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
  };
}

/** Whether two runs were on the same machine, as far as can be known: one that says nothing of itself is no other's. */
export function isSameMachine(a: Machine | undefined, b: Machine | undefined): boolean {
  return a?.cpu !== undefined && b !== undefined && a.cpu === b.cpu && a.cores === b.cores && a.system === b.system;
}
