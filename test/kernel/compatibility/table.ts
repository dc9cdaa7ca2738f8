/** @file The compatibility table: every function that the kernel exports, and what the same is called elsewhere. */
import { arraySections } from "./arrays.ts";
import type { Section } from "./entry.ts";
import { numericSections } from "./numerics.ts";
import { transformSections } from "./transforms.ts";

export const TABLE: readonly Section[] = [...transformSections, ...arraySections, ...numericSections];
