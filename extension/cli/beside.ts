/** @file The files of the build, which lie where the bundle of the command line does. */
import { fileURLToPath } from "node:url";

export function beside(name: string): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url));
}
