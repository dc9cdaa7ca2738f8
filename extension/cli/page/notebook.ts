/** @file What a page reads of a notebook: the part of nbformat 4 that can be seen. */

export type MimeData = Readonly<Record<string, unknown>>;

export type Output =
  | { readonly output_type: "stream"; readonly name: string; readonly text: string | readonly string[] }
  | { readonly output_type: "display_data" | "execute_result"; readonly data: MimeData }
  | {
      readonly output_type: "error";
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

export interface Cell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
  readonly attachments?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Notebook {
  readonly cells: readonly Cell[];
}
