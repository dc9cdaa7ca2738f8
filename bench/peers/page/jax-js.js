/** @file jax-js's side of the benchmark on WebGPU. */
import { defaultDevice, init } from "@jax-js/jax";
import { jaxVariants } from "../jax-js-variants.js";

await init("webgpu");
defaultDevice("webgpu");

export const variantsOf = jaxVariants;
