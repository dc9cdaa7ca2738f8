/** @file What the backend needs of onnxruntime: the part of its interface that is used, so that the kernel imports nothing. */
import type { DType, TypedArray } from "../../dtype.ts";

/** A tensor of the runtime. */
export interface RuntimeTensor {
  readonly data: ArrayLike<number | bigint> | readonly string[];
  dispose?(): void;
}

/** A model that is ready to run. */
export interface RuntimeSession {
  run(feeds: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

/** `onnxruntime-web`, or what has its interface. */
export interface OnnxRuntime {
  readonly Tensor: new (type: DType, data: TypedArray, dims: readonly number[]) => RuntimeTensor;
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { readonly executionProviders: readonly string[]; readonly logSeverityLevel: 0 | 1 | 2 | 3 | 4 },
    ): Promise<RuntimeSession>;
  };
}
