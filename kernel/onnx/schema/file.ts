/**
 * @file From the bytes of an ONNX file to its messages and back. The bytes of a weight (`rawData`) are not copied when a
 * file is read: they are a view of the file.
 *
 * Reading the schema takes longer than reading most of the kernel, and few sessions need it: import this file with
 * `await import(…)`, and `onnx_pb.ts` for its types alone, or beside this file.
 */
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema } from "./onnx_pb.ts";

/** A model as plain nested objects, in which what is not said is left out of the file. */
export type ModelInit = MessageInitShape<typeof ModelProtoSchema>;

/**
 * Messages within messages: those of real models are a few deep (a loop in a branch in a loop takes three for each), so
 * more is a file made to exhaust the stack.
 */
const DEEPEST = 100;

/**
 * The messages of a file. What this version of the schema does not know is skipped, so that newer files can be read.
 * @throws {Error} where the bytes are not a protobuf message, are cut off, or nest too deep
 */
export const decodeModel = (bytes: Uint8Array): ModelProto =>
  fromBinary(ModelProtoSchema, bytes, { recursionLimit: DEEPEST, readUnknownFields: false });

/** The bytes of a file. */
export const encodeModel = (model: ModelInit): Uint8Array =>
  toBinary(ModelProtoSchema, create(ModelProtoSchema, model));
