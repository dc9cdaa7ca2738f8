/** @file The Jacobian explorer's page in a real browser, with a host that writes down what it is asked. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import axe from "axe-core";
import { hessian, jacobian, tensor } from "cotangent";
import type { Browser, Page } from "playwright-core";
import { explorerPage } from "../../extension/panel/page.ts";
import type { ValueDisplay } from "../../protocol/display.ts";
import {
  FIRST_FORM,
  type Form,
  type HostToPanel,
  type PanelToHost,
  type Result,
  type Subject,
} from "../../protocol/panel.ts";
import { HIGH_CONTRAST } from "../gallery/themes.ts";
import { bundle, launch, type Opened, type OpenOptions, open, textOf } from "./browser.ts";
import { displayOf } from "./outputs.ts";

const NONCE = "of-the-test";
const FILE = "file:///work/models.ts";
const NOTEBOOK = "file:///work/notes.ipynb";

/** What the editor's modern themes define, as far as the panel's controls read it. */
const THEMES = {
  light: `:root {
    --vscode-foreground: #3b3b3b; --vscode-descriptionForeground: #3b3b3b; --vscode-editor-background: #ffffff;
    --vscode-editor-foreground: #3b3b3b; --vscode-focusBorder: #005fb8; --vscode-button-background: #005fb8;
    --vscode-button-foreground: #ffffff; --vscode-button-secondaryBackground: #e5e5e5;
    --vscode-button-secondaryForeground: #3b3b3b; --vscode-button-hoverBackground: #0258a8;
    --vscode-dropdown-background: #ffffff; --vscode-dropdown-foreground: #3b3b3b; --vscode-dropdown-border: #cecece;
    --vscode-input-background: #ffffff; --vscode-input-foreground: #3b3b3b; --vscode-settings-dropdownListBorder: #cecece;
    --vscode-checkbox-background: #f8f8f8; --vscode-checkbox-border: #cecece; --vscode-checkbox-foreground: #3b3b3b;
    --vscode-inputValidation-errorBackground: #f2dede; --vscode-inputValidation-errorBorder: #be1100;
  } body { background: #ffffff; }`,
  dark: `:root {
    --vscode-foreground: #cccccc; --vscode-descriptionForeground: #9d9d9d; --vscode-editor-background: #1f1f1f;
    --vscode-editor-foreground: #cccccc; --vscode-focusBorder: #0078d4; --vscode-button-background: #0078d4;
    --vscode-button-foreground: #ffffff; --vscode-button-secondaryBackground: #313131;
    --vscode-button-secondaryForeground: #cccccc; --vscode-button-hoverBackground: #026ec1;
    --vscode-dropdown-background: #313131; --vscode-dropdown-foreground: #cccccc; --vscode-dropdown-border: #3c3c3c;
    --vscode-input-background: #313131; --vscode-input-foreground: #cccccc; --vscode-settings-dropdownListBorder: #3c3c3c;
    --vscode-checkbox-background: #313131; --vscode-checkbox-border: #3c3c3c; --vscode-checkbox-foreground: #cccccc;
    --vscode-inputValidation-errorBackground: #5a1d1d; --vscode-inputValidation-errorBorder: #be1100;
  } body { background: #1f1f1f; }`,
  "high-contrast": `${HIGH_CONTRAST} :root {
    --vscode-editor-background: #000000; --vscode-button-foreground: #ffffff; --vscode-button-secondaryForeground: #ffffff;
    --vscode-button-border: #6fc3df; --vscode-dropdown-border: #6fc3df; --vscode-input-background: #000000;
    --vscode-input-foreground: #ffffff; --vscode-settings-dropdownListBorder: #6fc3df;
    --vscode-checkbox-background: #000000; --vscode-checkbox-border: #6fc3df; --vscode-checkbox-foreground: #ffffff;
  }`,
};

const subject = (name: string, parts: Partial<Subject> = {}): Subject => ({
  name,
  kind: "function",
  detail: "(x: Tensor)",
  parameters: [{ name: "x", argnum: 0 }],
  inputs: "tensor([1, 2])",
  argnum: 0,
  ...parts,
});

const SUBJECTS = [
  subject("saddle"),
  subject("layer", {
    parameters: [
      { name: "weight", argnum: 0 },
      { name: "x", argnum: 2 },
    ],
    inputs: "weight, bias, x",
    argnum: 2,
  }),
  subject("table", { kind: "tensor", detail: "float32 [3, 3]", parameters: [], inputs: "" }),
];
const FORM: Form = { ...FIRST_FORM, source: FILE, subject: "saddle", inputs: "tensor([1, 2])" };
const OFFER: HostToPanel = {
  type: "offer",
  sources: [
    { uri: FILE, label: "models.ts" },
    { uri: NOTEBOOK, label: "notes.ipynb" },
  ],
  subjects: SUBJECTS,
  form: FORM,
};

const saddle = (x: ReturnType<typeof tensor>) => x.at(0).square().sub(x.at(1).square().mul(3));
const display = displayOf(hessian(saddle)(tensor([1, 2]))) as ValueDisplay;
const RESULT: Result = { action: "compute", form: FORM, display, text: "", stale: false };

type Theme = keyof typeof THEMES;
type PanelOptions = OpenOptions & { readonly theme?: Theme };

suite("the explorer's page", () => {
  let browser: Browser;
  let script: string;
  let opened: Opened;

  suiteSetup(async () => {
    [browser, script] = await Promise.all([launch(), bundle("panel/main")]);
  });
  suiteTeardown(() => browser?.close());
  teardown(() => opened?.page.context().close());

  interface HostWindow {
    asked: PanelToHost[];
    state: unknown;
  }

  async function openPanel(
    state?: unknown,
    { theme = "light" as Theme, ...options } = {} as PanelOptions,
  ): Promise<Page> {
    const host = `<script nonce="${NONCE}">
      window.asked = [];
      window.state = ${JSON.stringify(state) ?? "undefined"};
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => asked.push(message),
        getState: () => state,
        setState: (next) => { state = next; },
      });
    </script>`;
    const html = explorerPage("./script.js", NONCE)
      .replace("</head>", `<style>${THEMES[theme]}</style></head>`)
      .replace("<body>", `<body class="vscode-${theme}">${host}`);
    opened = await open(browser, html, { ...options, script });
    opened.page.setDefaultTimeout(10_000);
    await opened.page.locator("main").waitFor();
    return opened.page;
  }

  const asked = (page: Page) => page.evaluate(() => (window as unknown as HostWindow).asked);
  const keptBy = (page: Page) => page.evaluate(() => (window as unknown as HostWindow).state);
  const say = (page: Page, ...messages: HostToPanel[]) =>
    page.evaluate((all) => {
      for (const data of all) window.dispatchEvent(new MessageEvent("message", { data }));
    }, messages);
  const click = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

  async function pick(page: Page, label: string, option: string): Promise<void> {
    const control = page.getByRole("combobox", { name: label, exact: true });
    await control.click();
    await control.getByRole("option", { name: option, exact: true }).click();
  }

  async function lastAsked(page: Page): Promise<PanelToHost> {
    const all = await asked(page);
    return all[all.length - 1];
  }

  test("says that it is there, and what is offered becomes the form", async () => {
    const page = await openPanel();
    assert.deepEqual(await asked(page), [{ type: "ready" }]);
    await say(page, OFFER);
    await page.getByRole("combobox", { name: "Function or tensor" }).waitFor();
    await click(page, "Compute");
    assert.deepEqual(await lastAsked(page), { type: "run", action: "compute", form: FORM });
    assert.deepEqual(opened.troubles, []);
  });

  test("what is picked and typed is asked", async () => {
    const page = await openPanel();
    await say(page, OFFER);
    await pick(page, "Function or tensor", "layer");
    await pick(page, "Derivative", "Hessian");
    await pick(page, "With respect to", "weight");
    await page.getByText("Options").click();
    await pick(page, "Strategy", "unit vectors, forward over reverse");
    await pick(page, "Backend", "WebAssembly");
    await page.getByRole("checkbox", { name: "Follow edits" }).click();
    const inputs = page.getByRole("textbox", { name: "Arguments" });
    await inputs.fill("w, b, ones([3])");
    await inputs.press("Enter");
    const form: Form = {
      ...FORM,
      subject: "layer",
      derivative: "hessian",
      inputs: "w, b, ones([3])",
      argnum: 0,
      strategy: "vmap",
      backend: "wasm",
      follows: true,
    };
    assert.deepEqual(await lastAsked(page), { type: "run", action: "compute", form });
    await click(page, "Explain");
    assert.deepEqual(await lastAsked(page), { type: "run", action: "explain", form });
    await click(page, "Export as ONNX");
    assert.deepEqual(await lastAsked(page), { type: "export-onnx", form });
    await pick(page, "Notebook or file", "notes.ipynb");
    assert.deepEqual(await lastAsked(page), {
      type: "form",
      form: { ...form, source: NOTEBOOK, subject: "", inputs: "", argnum: 0 },
    });
    assert.deepEqual(opened.troubles, []);
  });

  test("a tensor is shown, and asked nothing that only a function can answer", async () => {
    const page = await openPanel();
    await say(page, OFFER);
    await pick(page, "Function or tensor", "table");
    assert.equal(await page.getByRole("combobox", { name: "Derivative" }).isVisible(), false);
    assert.equal(await page.getByRole("textbox", { name: "Arguments" }).isVisible(), false);
    assert.equal(await page.getByRole("button", { name: "Benchmark" }).isVisible(), false);
    await click(page, "Show");
    const form = { ...FORM, subject: "table", inputs: "", argnum: 0 };
    assert.deepEqual(await lastAsked(page), { type: "run", action: "compute", form });
  });

  test("the result is drawn; while the next is computed it is pale and can be stopped", async () => {
    const page = await openPanel();
    await say(page, OFFER, { type: "result", result: RESULT });
    assert.equal(await page.locator(".result canvas").count(), 1);
    assert.equal(await textOf(page.locator(".result .title")), "Hessian of saddle with respect to x");
    assert.equal(await textOf(page.locator(".status")), "Computed saddle at tensor([1, 2])");
    const isPale = async () => (await page.locator(".result.stale").count()) === 1;
    assert.equal(await isPale(), false);
    const bar = { label: "timing", done: 1, total: 4, unit: "ms", state: "running", seconds: 1 } as const;
    await say(page, {
      type: "work",
      work: { stage: "computing", progress: { version: 1, kind: "progress", bars: [bar] } },
    });
    assert.equal(await isPale(), true);
    assert.equal(await page.locator(".progress-place progress").getAttribute("value"), "0.25");
    const before = (await asked(page)).length;
    await page.getByRole("textbox", { name: "Arguments" }).press("Enter");
    assert.equal((await asked(page)).length, before);
    await click(page, "Stop");
    assert.deepEqual(await lastAsked(page), { type: "cancel" });
    await say(page, { type: "work" });
    assert.equal(await isPale(), false);
    assert.equal(await page.locator(".progress-place progress").count(), 0);
    assert.equal(await page.getByRole("button", { name: "Stop" }).isVisible(), false);
    assert.deepEqual(opened.troubles, []);
  });

  test("an error stands above the last result, which stays and is pale", async () => {
    const page = await openPanel();
    const problem = { title: "ShapeError: 3 and 2 differ", advice: "Change the code.", details: "at <b>line</b> 1" };
    await say(page, OFFER, { type: "result", result: RESULT }, { type: "problem", problem });
    assert.equal(await textOf(page.getByRole("alert")), "ShapeError: 3 and 2 differChange the code.at <b>line</b> 1");
    assert.equal(await page.locator(".result.stale canvas").count(), 1);
    await say(page, { type: "problem" });
    assert.equal(await textOf(page.getByRole("alert")), "");
    assert.equal(await page.locator(".result.stale").count(), 0);
  });

  test("form and small results outlive the page; large results do not burden it", async () => {
    const page = await openPanel();
    await say(page, OFFER, { type: "result", result: RESULT });
    await pick(page, "Derivative", "Hessian");
    await page.getByText("Options").click();
    // A browser says a moment later that something was unfolded.
    await page.waitForFunction(() => ((window as unknown as HostWindow).state as { isUnfolded?: boolean })?.isUnfolded);
    const state = await keptBy(page);
    assert.deepEqual(state, { form: { ...FORM, derivative: "hessian" }, isUnfolded: true, result: RESULT });
    await opened.page.context().close();
    const again = await openPanel(state);
    assert.equal(await again.locator(".result.stale canvas").count(), 1);
    assert.match(await textOf(again.locator(".status")), /from the last time/);
    const { form: _, ...offer } = OFFER as Extract<HostToPanel, { type: "offer" }>;
    await say(again, offer);
    assert.equal(await again.getByRole("combobox", { name: "Strategy" }).isVisible(), true);
    await click(again, "Compute");
    assert.deepEqual(await lastAsked(again), {
      type: "run",
      action: "compute",
      form: { ...FORM, derivative: "hessian" },
    });
    const large = displayOf(jacobian((x: ReturnType<typeof tensor>) => x.square())(tensor(Array(400).fill(1))));
    const result = { ...RESULT, display: large as ValueDisplay };
    await say(again, { type: "result", result });
    assert.equal(await textOf(again.locator(".result .title")), "Jacobian with respect to x");
    assert.equal(((await keptBy(again)) as { result?: unknown }).result, undefined);
    assert.deepEqual(opened.troubles, []);
  });

  test("where there is nothing to pick it says what to do", async () => {
    const page = await openPanel();
    await say(page, { type: "offer", sources: [], subjects: [], notice: "Open a notebook." });
    assert.equal(await textOf(page.getByRole("note")), "Open a notebook.");
    for (const name of ["Compute", "Explain", "Benchmark", "Export as ONNX"]) {
      assert.equal(await page.getByRole("button", { name, exact: true }).isVisible(), false);
    }
  });

  test("works with the keyboard alone", async () => {
    const page = await openPanel();
    await say(page, OFFER);
    await page.getByRole("combobox", { name: "Function or tensor" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    // The field is marked as a whole when it is reached, unless its text came a moment later.
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("w, b, x");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const form = { ...FORM, subject: "layer", derivative: "hessian", inputs: "w, b, x", argnum: 2 };
    const last = await lastAsked(page);
    assert.deepEqual(last, { type: "run", action: "compute", form });
  });

  for (const [width, theme] of [
    [300, "light"],
    [1100, "dark"],
    [1100, "high-contrast"],
    [2000, "light"],
  ] as const) {
    test(`no serious fault of accessibility, and nothing cut off, at ${width} px in ${theme}`, async () => {
      const colorScheme = theme === "light" ? "light" : "dark";
      const page = await openPanel({ isUnfolded: true }, { theme, colorScheme, viewport: { width, height: 900 } });
      const problem = { title: "ShapeError: 3 and 2 differ", advice: "Change the code, and compute again." };
      await say(page, OFFER, { type: "result", result: RESULT }, { type: "problem", problem });
      await pick(page, "Function or tensor", "layer");
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      mkdirSync("out/shots", { recursive: true });
      await page.screenshot({ path: `out/shots/panel-page-${theme}-${width}.png` });
      assert.deepEqual(await seriousFaults(page), []);
    });
  }

  async function seriousFaults(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    return page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.length} such as ${nodes[0].html.slice(0, 160)}`);
    });
  }
});
