/** @file What all views share: output entries are input entries at affine positions, so nothing needs to be computed. */
import { emitLike } from "../emit.ts";
import type { Node, Params, TensorType } from "../graph/node.ts";
import { flattenForms, identityForms } from "../loops/form.ts";
import type { Index } from "../loops/ir.ts";
import type { OnnxForm } from "../onnx/writer/form.ts";
import { define, type PrimitiveName, type PrimitiveParams } from "../primitive.ts";
import { stridesOf } from "../shape.ts";
import { scattered } from "../structure/rules.ts";
import type { Term } from "../structure/term.ts";

export interface View<P> {
  infer(x: TensorType, params: P): readonly number[];
  /**
   * Position in the input for one in the output, as forms of `variables` loop variables; null when it is the same position
   * in the flat data but not affine.
   */
  source(index: readonly Index[], params: P, input: TensorType, variables: number): readonly Index[] | null;
  transpose(cotangent: Node, x: Node, params: P): Node;
  /** Where a position that is not affine in that of the output can be said otherwise. */
  structure?(x: Node, out: Node, params: P): readonly Term[] | null;
  /** Parameters of the same view when a new axis 0 of extent `size` stands in front. */
  batch(params: P, size: number): P;
  readonly onnx?: OnnxForm<P>;
  simplify?(x: Node, params: P): Node | null;
}

export function defineView<K extends PrimitiveName>(name: K, rules: View<PrimitiveParams[K]>): void {
  define<K>(name, {
    infer: ([x], params) => ({ shape: rules.infer(x, params), dtype: x.dtype }),
    evaluate([x], out, params) {
      const forms = rules.source(identityForms(out.shape.length), params, x, out.shape.length);
      if (forms === null) {
        out.data.set(x.data);
        return;
      }
      const { offset, strides } = flattenForms(forms, stridesOf(x.shape), out.shape.length);
      const counter = new Array<number>(out.shape.length).fill(0);
      let at = offset;
      for (let i = 0; i < out.data.length; i++) {
        out.data[i] = x.data[at];
        for (let d = counter.length - 1; d >= 0; d--) {
          at += strides[d];
          if (++counter[d] < out.shape[d]) break;
          at -= strides[d] * out.shape[d];
          counter[d] = 0;
        }
      }
    },
    derivative: { kind: "linear", transpose: (cotangent, _, [x], params) => rules.transpose(cotangent, x, params) },
    structure(_, [x], out, params) {
      if (rules.structure !== undefined) return rules.structure(x, out, params);
      const forms = identityForms(out.shape.length);
      const source = rules.source(forms, params, x, forms.length);
      return source && scattered(out.shape, forms, source);
    },
    batch: ([x], _, size, params) => emitLike({ name }, [x], rules.batch(params, size) as Params),
    lowering: { kind: "view", source: rules.source },
    onnx: rules.onnx,
    simplify: ([x], params) => rules.simplify?.(x, params) ?? null,
  });
}
