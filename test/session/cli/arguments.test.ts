/** @file What the command line understands, and what it says when it does not. */
import assert from "node:assert/strict";
import { type Command, parseCommand } from "../../../extension/cli/command.ts";
import { HELP } from "../../../extension/cli/help.ts";
import { CommandLine } from "./command-line.ts";

suite("arguments of cotangent", () => {
  const line = new CommandLine();
  suiteTeardown(() => line.remove());

  test("are understood wherever they stand", () => {
    assert.deepEqual(
      parseCommand(["run", "--timeout", "1.5", "a.ipynb", "-p", "a=1", "--parameters", "b=c=d", "--html=x.html"]),
      {
        name: "run",
        file: "a.ipynb",
        output: undefined,
        html: "x.html",
        parameters: ["a=1", "b=c=d"],
        parametersFile: undefined,
        timeoutSeconds: 1.5,
        allowErrors: false,
        memoryLimitMB: undefined,
        threads: undefined,
        session: { dtype: undefined, backend: undefined, displayDigits: undefined },
      } satisfies Command,
    );
    assert.deepEqual(parseCommand(["check", "a.ipynb", "b.ipynb"]), { name: "check", files: ["a.ipynb", "b.ipynb"] });
    assert.deepEqual(parseCommand(["export", "a.ipynb", "a.mjs", "--kernel-beside"]), {
      name: "export",
      file: "a.ipynb",
      target: "a.mjs",
      kernelBeside: true,
    });
  });

  const WRONG: readonly [args: readonly string[], problem: string][] = [
    [[], "Which command?"],
    [["walk"], "There is no command walk."],
    [["chekc"], "There is no command chekc. Did you mean check?"],
    [["a.ipynb"], "What is to be done with it? For example: cotangent run a.ipynb"],
    [["--verison"], "There is no option --verison. Did you mean --version?"],
    [["run"], "Which notebook? Give a .ipynb file after 'run'."],
    [["run", "a.ipynb", "b.ipynb"], "One notebook at a time: 'b.ipynb' is too much."],
    [["run", "a.ipynb", "--timeout", "soon"], "--timeout should be a number above 0 and is 'soon'."],
    [["run", "a.ipynb", "--threads", "1.5"], "--threads should be a whole number and is '1.5'."],
    [["run", "a.ipynb", "--out", "x"], "There is no option --out. Did you mean --output?"],
    [["run", "a.ipynb", "--allow-error"], "There is no option --allow-error. Did you mean --allow-errors?"],
    [["run", "a.ipynb", "--paramter=1"], "There is no option --paramter. Did you mean --parameters?"],
    [["run", "a.ipynb", "--zzz"], "There is no option --zzz."],
    [["run", "a.ipynb", "--output"], "Option '--output <value>' argument missing."],
    [["check"], "Which notebooks? Give .ipynb files after 'check'."],
    [["export", "a.ipynb"], "Where to? Give a .ts or .mjs file after the notebook."],
  ];
  for (const [args, problem] of WRONG) {
    test(`${args.join(" ") || "nothing"}: ${problem}`, () => {
      assert.throws(
        () => parseCommand(args),
        ({ message }: Error) => {
          assert.equal(message.split("\n")[0], problem);
          return true;
        },
      );
    });
  }

  test("wrong ones end with exit code 2 and the help of their command", async () => {
    const { code, stdout, stderr } = await line.run("run", "--nonsense");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^There is no option --nonsense\.\n\nUsage: cotangent run NOTEBOOK\.ipynb \[options\]\n/);
  });

  test("help and version", async () => {
    assert.deepEqual(await line.run("--help"), { code: 0, stdout: `${HELP}\n`, stderr: "" });
    assert.match((await line.run("run", "--help")).stdout, /^Usage: cotangent run[\s\S]*130/);
    assert.match((await line.run("help", "check")).stdout, /^Usage: cotangent check/);
    assert.match((await line.run("export", "-h")).stdout, /^Usage: cotangent export/);
    assert.match((await line.run("--version")).stdout, /^cotangent \d+\.\d+\.\d+\n$/);
  });
});
