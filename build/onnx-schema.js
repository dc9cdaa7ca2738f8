// Makes kernel/onnx/schema/onnx_pb.ts of the official onnx.proto beside it: `npm run schema:onnx`, only when that file or
// the version of @bufbuild/protobuf changes. The compiler is large and wanted once in years, so npx fetches it.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const folder = "kernel/onnx/schema";
const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const template = {
  version: "v2",
  plugins: [
    {
      local: "protoc-gen-es",
      out: folder,
      opt: ["target=ts", "import_extension=ts", "erasable_syntax=true"],
    },
  ],
};
const packages = ["@bufbuild/buf@1.75.0", `@bufbuild/protoc-gen-es@${devDependencies["@bufbuild/protobuf"]}`];
const options = packages.map((name) => `--package=${name}`);
execFileSync("npx", ["--yes", ...options, "--", "buf", "generate", folder, "--template", JSON.stringify(template)], {
  stdio: "inherit",
});

const file = `${folder}/onnx_pb.ts`;
const header =
  "/** @file The messages of an ONNX file as types and descriptors, made of onnx.proto by build/onnx-schema.js. */\n";
writeFileSync(file, header + readFileSync(file, "utf8"));
