/**
 * @file Work that goes on elsewhere when a call is over, on a device or in another runtime: who was given some, and when all
 * of it is done.
 */
import type { Backend } from "../backends/backend.ts";

/** Backends by the place where their results stay. */
const atPlace = new Map<string, Backend>();

/** Says what computes with numbers that are at the backend's place. */
export function setBackendOfPlace(backend: Backend): void {
  if (backend.place !== undefined) atPlace.set(backend.place, backend);
}

export const backendAt = (place: string): Backend | undefined => atPlace.get(place);

/** Settles when no backend has work left. */
export async function allFinished(): Promise<void> {
  await Promise.all([...atPlace.values()].map((backend) => backend.finished?.()));
}

const watches = new Set<Set<Backend>>();

/** Tells whoever watches that a backend was given work. */
export function gaveWork(backend: Backend): void {
  if (backend.place === undefined) return;
  for (const watch of watches) watch.add(backend);
}

/** @returns what ends the watch, and says which backends were given work that goes on when a call is over */
export function watchWork(): () => ReadonlySet<Backend> {
  const given = new Set<Backend>();
  watches.add(given);
  return () => {
    watches.delete(given);
    return given;
  };
}
